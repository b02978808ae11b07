/**
 * Distributions as values: a support, shapes, a density and a sampler that is a deterministic
 * function of parameter-free noise.
 *
 * A distribution has a batch of independent laws (`batchShape`), each over an event
 * (`eventShape`). `logProb` takes `[...left, ...batch, ...event]` and drops the event axes.
 */
import type { Argument } from './checks/argument.js';
import type { Noise, Shape } from './noise.js';
import { broadcast, dropLast, showShape, takeLast } from './tensors/shape.js';
import type { Support } from './support.js';
import { described } from './tensors/described.js';
import type { Tensor } from './tensors/tensor.js';

/**
 * How a gradient passes from a draw to the parameters.
 *
 * - `pathwise`: through the draw, z = g(ε, φ) (Kingma and Welling 2014, arXiv:1312.6114)
 * - `implicit`: through the draw, by the implicit function theorem (Figurnov et al. 2018,
 *   arXiv:1805.08498)
 * - `enumerable`: not through the draw, but the support is finite and can be summed over
 * - `score`: only through log q (Williams 1992, doi:10.1007/BF00992696)
 */
export type Gradient = 'pathwise' | 'implicit' | 'enumerable' | 'score';

/** Every value of a finite support, `[count, ...event]`. */
export interface Enumeration {
  readonly count: number;
  readonly values: () => Tensor;
  /** p(value), where log p may be −∞ with a slope: that by a probability of 0. */
  readonly chance?: (value: Tensor) => Tensor;
}

/**
 * A draw z = f(x) of a map f without parameters, by x: float32 rounds f(x) to a bound of the support
 * long before x ends, and an inversion there would be infinite.
 */
export interface Preimage {
  /** The key of f: laws whose maps share it can be evaluated at each other's x. */
  readonly map: string;
  /** How many of the last axes of x make one event. */
  readonly eventRank: number;
  /** x, `[...batch, ...event of x]`, and z from the same noise, whose common part is worked out once. */
  readonly draw: (noise: readonly Tensor[]) => { readonly x: Tensor; readonly value: Tensor };
  /** log q(f(x)) in nats, a density in z: `[...left, ...batch]`. */
  readonly logProb: (x: Tensor) => Tensor;
}

/** A draw as a function of noise. */
export interface Sampler<G extends Gradient = Gradient> {
  readonly gradient: G;
  /** The blocks of noise that one draw consumes. */
  readonly noise: readonly Noise[];
  /** z = g(ε, φ): blocks `[...batch, ...block.shape]` to values `[...batch, ...event]`. */
  readonly push: (noise: readonly Tensor[]) => Tensor;
  /** log q(z) of the draw that this noise makes, without inverting `push`. */
  readonly logProbOfDraw?: (noise: readonly Tensor[], value: Tensor) => Tensor;
  /** What draws are images of, where float32 may round them to a bound of the support. */
  readonly preimage?: Preimage;
  readonly enumeration?: Enumeration;
}

/** The family of a distribution with its parameters: what closed forms dispatch on. */
export type Family =
  | { readonly tag: 'Normal'; readonly loc: Tensor; readonly scale: Tensor }
  | { readonly tag: 'MultivariateNormal'; readonly loc: Tensor; readonly scaleTril: Tensor }
  | { readonly tag: 'LogNormal'; readonly loc: Tensor; readonly scale: Tensor }
  | {
      readonly tag: 'StudentT';
      readonly df: Tensor;
      readonly loc: Tensor;
      readonly scale: Tensor;
    }
  | { readonly tag: 'HalfNormal'; readonly scale: Tensor }
  | { readonly tag: 'HalfCauchy'; readonly scale: Tensor }
  | { readonly tag: 'Exponential'; readonly rate: Tensor }
  | { readonly tag: 'Gamma'; readonly concentration: Tensor; readonly rate: Tensor }
  /** `[..., 2]`: the concentration of ones, then that of zeros. */
  | { readonly tag: 'Beta'; readonly concentration: Tensor }
  | { readonly tag: 'Dirichlet'; readonly concentration: Tensor }
  /** `probs`, normalised, where it was made from them: at 0 their logarithms have no slope. */
  | { readonly tag: 'Bernoulli'; readonly logits: Tensor; readonly probs?: Tensor }
  | { readonly tag: 'Categorical'; readonly logits: Tensor; readonly probs?: Tensor }
  | { readonly tag: 'OneHotCategorical'; readonly logits: Tensor; readonly probs?: Tensor }
  | { readonly tag: 'Uniform'; readonly low: Tensor; readonly high: Tensor }
  | { readonly tag: 'Delta'; readonly value: Tensor }
  | { readonly tag: 'Independent'; readonly base: Distribution; readonly rank: number }
  | { readonly tag: 'Expanded'; readonly base: Distribution; readonly batchShape: Shape }
  | { readonly tag: 'Masked'; readonly base: Distribution; readonly mask: Tensor }
  /** Known to be `value` at the elements of its batch where `where` is 1. */
  | {
      readonly tag: 'Partly';
      readonly base: Distribution;
      readonly value: Tensor;
      readonly where: Tensor;
    }
  | {
      readonly tag: 'Transformed';
      readonly base: Distribution;
      readonly bijector: string;
      readonly parameters: readonly Tensor[];
    }
  | { readonly tag: 'Mixture'; readonly mixing: Distribution; readonly component: Distribution }
  | {
      readonly tag: 'Custom';
      readonly name: string;
      readonly parameters: Readonly<Record<string, Tensor>>;
    };

/** What a new distribution must say; everything else is derived from it. */
export interface Distribution<S extends Support = Support, G extends Gradient = Gradient> {
  readonly family: Family;
  /** What it was made from and must be; left out, nothing is judged. What wraps another has none. */
  readonly arguments?: readonly Argument[];
  readonly support: S;
  readonly batchShape: Shape;
  readonly eventShape: Shape;
  readonly sampler: Sampler<G>;
  /** log density (or mass) in nats, `[...left, ...batch]`. */
  readonly logProb: (value: Tensor) => Tensor;
  /** E[z], `[...batch, ...event]`, where it exists in closed form. */
  readonly mean?: () => Tensor;
  /** Var[z] of each entry, where it exists in closed form. */
  readonly variance?: () => Tensor;
  /** −E[log p(z)] in nats (differential for continuous supports), `[...batch]`. */
  readonly entropy?: () => Tensor;
  /** The law that it draws from, where its log density leaves out what a mask does not count. */
  readonly unmasked?: () => Distribution;
}

/** Whether a value is a distribution. */
export const isDistribution = (x: unknown): x is Distribution =>
  described(x).kind === 'distribution';

/** Whether all mass lies in one point, where log p is 0 whatever a map does to volumes. */
export const isPointMass = (d: Distribution): boolean => {
  switch (d.family.tag) {
    case 'Delta':
      return true;
    case 'Independent':
    case 'Expanded':
    case 'Masked':
    case 'Partly':
    case 'Transformed':
      return isPointMass(d.family.base);
    case 'Normal':
    case 'MultivariateNormal':
    case 'LogNormal':
    case 'StudentT':
    case 'HalfNormal':
    case 'HalfCauchy':
    case 'Exponential':
    case 'Gamma':
    case 'Beta':
    case 'Dirichlet':
    case 'Bernoulli':
    case 'Categorical':
    case 'OneHotCategorical':
    case 'Uniform':
    case 'Mixture':
    case 'Custom':
      return false;
  }
};

/**
 * The name of a distribution's family, with those inside it: `Independent(Normal)`.
 *
 * @example
 * ```ts
 * familyName(independent(normal([0, 0], 1))); // 'Independent(Normal)'
 * ```
 */
export const familyName = (d: Distribution): string => {
  switch (d.family.tag) {
    case 'Normal':
    case 'MultivariateNormal':
    case 'LogNormal':
    case 'StudentT':
    case 'HalfNormal':
    case 'HalfCauchy':
    case 'Exponential':
    case 'Gamma':
    case 'Beta':
    case 'Dirichlet':
    case 'Bernoulli':
    case 'Categorical':
    case 'OneHotCategorical':
    case 'Uniform':
    case 'Delta':
      return d.family.tag;
    case 'Independent':
    case 'Expanded':
    case 'Masked':
    case 'Transformed':
      return `${d.family.tag}(${familyName(d.family.base)})`;
    case 'Partly':
      return familyName(d.family.base);
    case 'Mixture':
      return `Mixture(${familyName(d.family.component)})`;
    case 'Custom':
      return d.family.name;
  }
};

/** The tensors that a distribution was made from: where its dependence on other sites shows. */
export const parametersOf = (d: Distribution): readonly Tensor[] => {
  switch (d.family.tag) {
    case 'Normal':
    case 'LogNormal':
      return [d.family.loc, d.family.scale];
    case 'StudentT':
      return [d.family.df, d.family.loc, d.family.scale];
    case 'HalfNormal':
    case 'HalfCauchy':
      return [d.family.scale];
    case 'Exponential':
      return [d.family.rate];
    case 'Gamma':
      return [d.family.concentration, d.family.rate];
    case 'Beta':
    case 'Dirichlet':
      return [d.family.concentration];
    case 'MultivariateNormal':
      return [d.family.loc, d.family.scaleTril];
    case 'Bernoulli':
    case 'Categorical':
    case 'OneHotCategorical':
      return [d.family.logits];
    case 'Uniform':
      return [d.family.low, d.family.high];
    case 'Delta':
      return [d.family.value];
    case 'Independent':
    case 'Expanded':
    case 'Partly':
      return parametersOf(d.family.base);
    case 'Transformed':
      return [...parametersOf(d.family.base), ...d.family.parameters];
    case 'Masked':
      return [...parametersOf(d.family.base), d.family.mask];
    case 'Mixture':
      return [...parametersOf(d.family.mixing), ...parametersOf(d.family.component)];
    case 'Custom':
      return Object.values(d.family.parameters);
  }
};

/** Whether the draw itself carries the gradient. */
export const isReparameterised = (gradient: Gradient): boolean =>
  gradient === 'pathwise' || gradient === 'implicit';

/** The law of a distribution's draws, which a mask does not change. */
export const lawOf = (d: Distribution): Distribution => d.unmasked?.() ?? d;

/**
 * log q(z) of a draw, from its own noise where the sampler can do that: cheaper, and without the
 * rounding of an inversion.
 */
export const logProbOfDraw = (d: Distribution, noise: readonly Tensor[], value: Tensor): Tensor => {
  const { logProbOfDraw: ofDraw, preimage } = d.sampler;
  if (ofDraw) return ofDraw(noise, value);
  return preimage ? preimage.logProb(preimage.draw(noise).x) : d.logProb(value);
};

/**
 * Checks that a value's right axes are the event axes of `d` and that the axes before them
 * broadcast against its batch; throws a `RangeError` that says what was expected.
 */
export const checkValue = (d: Distribution, value: Tensor): void => {
  const rank = d.eventShape.length;
  const event = takeLast(value.shape, Math.min(rank, value.rank));
  const fits =
    value.rank >= rank &&
    event.every((n, i) => n === d.eventShape[i]) &&
    broadcast(dropLast(value.shape, rank), d.batchShape) !== undefined;
  if (!fits) {
    throw new RangeError(
      `${familyName(d)}: expected a value of shape [..., ${[...d.batchShape, ...d.eventShape].join(', ')}], ` +
        `but got ${showShape(value.shape)}; ${rank === 0 ? '' : `the last ${rank} axes are the event, and `}the batch axes must broadcast.`,
    );
  }
};
