/**
 * Distributions as values: what a law can do. A batch of independent laws (`batchShape`), each over an
 * event (`eventShape`); `logProb` takes `[...left, ...batch, ...event]` and drops the event axes.
 *
 * No list of families decides anything: what has a closed form, a relaxation or a finite support says so
 * itself, the library's own families and a user's alike. Only combinators keep what they are made of.
 */
import type { Argument } from '../checks/argument.js';
import type { Domain } from '../checks/domain.js';
import type { Noise, Shape } from '../tensors/noise.js';
import type { Draw, Preimage } from './preimage.js';
import { broadcast, dropLast, showShape, takeLast } from '../tensors/shape.js';
import type { Support } from '../supports/support.js';
import { described } from '../tensors/described.js';
import type { Tensor } from '../tensors/tensor.js';

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

/** Smooth draws that stand for those of a discrete law. */
export interface Relaxation {
  /** The mean of a draw. */
  readonly mean: () => Tensor;
  /** A smooth function of parameters and the noise of the discrete draw, which it tends to as the temperature falls. */
  readonly draw: (noise: readonly Tensor[], temperature: Tensor) => Tensor;
}

/** Gives block `block` of noise of a law, one number for each cell, with more on the right. */
export type CellNoise = (block: number, noise: Noise) => Tensor;

/** What stands for one cell's draw, in every cell at once, and what it weighs there. */
export interface WeighedValue {
  readonly value: Tensor;
  readonly weight: Tensor;
}

/** ∂/∂φ E_q f = E Σ_c f(z_c) ∂weight_c/∂φ: the values at which a cost is compared, cell by cell. */
export interface WeakDerivative {
  /** How many axes of an event make one cell. */
  readonly cellRank: number;
  readonly values: (noise: CellNoise) => readonly WeighedValue[];
}

/** A draw as a function of noise. */
export interface Sampler<G extends Gradient = Gradient> {
  readonly gradient: G;
  /** The blocks of noise that one draw consumes. */
  readonly noise: readonly Noise[];
  /** z = g(ε, φ): blocks `[...batch, ...block.shape]` to values `[...batch, ...event]`. */
  readonly draw: (noise: readonly Tensor[]) => Draw;
  readonly enumeration?: Enumeration;
  /** Of a law of counts, draws of those that are not 0. */
  readonly aboveZero?: Pick<Sampler, 'noise' | 'draw'>;
  readonly relaxation?: Relaxation;
  readonly weakDerivative?: WeakDerivative;
}

/** The tensors that a law was made from, by name. */
export type Parameters = Readonly<Record<string, Tensor | undefined>>;

/** A family of laws, told by identity. */
export interface Family<P extends Parameters = Parameters> {
  readonly name: string;
  /** Of each parameter, how many of the last axes one law has. */
  readonly axes: { readonly [K in keyof P]-?: number };
  /** The law at such parameters, which one that says it is of the family is held to. */
  of?(parameters: P): Distribution;
}

/** What a combinator is made of: the only structure that a law shows. */
export type Structure =
  /** The last `rank` batch axes of the base are event axes. */
  | { readonly _tag: 'independent'; readonly base: Distribution; readonly rank: number }
  | { readonly _tag: 'expanded'; readonly base: Distribution; readonly batchShape: Shape }
  /** The terms of the base where `mask` is 1. */
  | { readonly _tag: 'masked'; readonly base: Distribution; readonly mask: Tensor }
  /** Known to be `value` at the elements of its batch where `where` is 1. */
  | {
      readonly _tag: 'partly';
      readonly base: Distribution;
      readonly value: Tensor;
      readonly where: Tensor;
    }
  | {
      readonly _tag: 'transformed';
      readonly base: Distribution;
      readonly bijector: string;
      readonly parameters: readonly Tensor[];
    }
  | { readonly _tag: 'mixture'; readonly mixing: Distribution; readonly component: Distribution }
  /** One law or several, each with `axes` batch axes that the whole has not: of steps or states, or none. */
  | { readonly _tag: 'parts'; readonly parts: readonly LawPart[] };

/** A law that another is made of. */
export interface LawPart {
  readonly law: Distribution;
  readonly axes: number;
}

/** A law. `distribution` makes one of what a family must say. */
export interface Distribution<S extends Support = Support, G extends Gradient = Gradient> {
  readonly family: Family;
  readonly parameters: Parameters;
  /** Of a combinator, what it is made of. */
  readonly structure?: Structure;
  /** What it was made from and must be; left out, nothing is judged. What wraps another has none. */
  readonly arguments?: readonly Argument[];
  readonly support: S;
  /** Where values have a density, where that is more than the support with its edges. */
  readonly values?: Domain;
  readonly batchShape: Shape;
  readonly eventShape: Shape;
  readonly sampler: Sampler<G>;
  /** log density (or mass) in nats, `[...left, ...batch]`; of a draw, by what that is the image of. */
  readonly logProb: (value: Tensor, preimage?: Preimage) => Tensor;
  /** E[z], `[...batch, ...event]`, where it exists in closed form. */
  readonly mean?: () => Tensor;
  /** Var[z] of each entry, where it exists in closed form. */
  readonly variance?: () => Tensor;
  /** −E[log p(z)] in nats (differential for continuous supports), `[...batch]`. */
  readonly entropy?: () => Tensor;
  /** P(draw ≤ value), of a law of one number: `[...left, ...batch]`. */
  readonly cdf?: (value: Tensor) => Tensor;
  /** log P(draw ≤ value), of laws whose share below is right where float32 has rounded it to 0. */
  readonly logCdf?: (value: Tensor) => Tensor;
  /** log P(draw > value), of laws whose share above is right where it has. */
  readonly logSurvival?: (value: Tensor) => Tensor;
  /** The z with log P(draw ≤ z) = `log`, where `icdf` would need a share below any float32. */
  readonly inverseLogCdf?: (log: Tensor) => Tensor;
  /** The z with log P(draw > z) = `log`, however far out that is. */
  readonly inverseLogSurvival?: (log: Tensor) => Tensor;
  /** The least z that a draw is at most with a chance of u from 0 to 1: `[...left, ...batch]`. */
  readonly icdf?: (u: Tensor) => Tensor;
  /** KL(this ‖ p) in nats over the broadcast batch, nothing where it has no closed form for p. */
  readonly klTo?: (p: Distribution) => Tensor | undefined;
  /** KL(q ‖ this), of laws that do not know this one. */
  readonly klFrom?: (q: Distribution) => Tensor | undefined;
  /** Whether all mass lies in one point, where log p is 0 whatever a map does to volumes. */
  readonly isPoint?: true;
  /** The law that it draws from, where its log density leaves out what a mask does not count. */
  readonly unmasked?: () => Distribution;
}

/** Whether a value is a distribution. */
export const isDistribution = (x: unknown): x is Distribution =>
  described(x).kind === 'distribution';

/**
 * Whether a law is of a family, whose parameters it then has.
 *
 * @example
 * ```ts
 * const one: Distribution = normal(2, 1);
 * isOf(one, families.normal) && one.parameters.loc.dataSync()[0]; // 2
 * isOf(one, families.gamma); // false
 * ```
 */
export const isOf = <P extends Parameters>(
  d: Distribution,
  family: Family<P>,
): d is Distribution & { readonly parameters: P } => d.family === family;

/** Whether the draw itself carries the gradient. */
export const isReparameterised = (gradient: Gradient): boolean =>
  gradient === 'pathwise' || gradient === 'implicit';

/** The law of a distribution's draws, which a mask does not change. */
export const lawOf = (d: Distribution): Distribution => d.unmasked?.() ?? d;

/** log q of the draw that this noise makes. */
export const logProbOfDraw = (d: Distribution, noise: readonly Tensor[]): Tensor => {
  const { value, preimage } = d.sampler.draw(noise);
  return d.logProb(value, preimage);
};

/**
 * Checks that a value's right axes are the event axes of `d` and that the axes before them
 * broadcast against its batch; throws a `RangeError` that says what was expected.
 */
export const checkValue = (
  { family, batchShape, eventShape }: Pick<Distribution, 'family' | 'batchShape' | 'eventShape'>,
  value: Tensor,
): void => {
  const rank = eventShape.length;
  const event = takeLast(value.shape, Math.min(rank, value.rank));
  const fits =
    value.rank >= rank &&
    event.every((n, i) => n === eventShape[i]) &&
    broadcast(dropLast(value.shape, rank), batchShape) !== undefined;
  if (!fits) {
    throw new RangeError(
      `${family.name}: expected a value of shape [..., ${[...batchShape, ...eventShape].join(', ')}], ` +
        `but got ${showShape(value.shape)}; ${rank === 0 ? '' : `the last ${rank} axes are the event, and `}the batch axes must broadcast.`,
    );
  }
};
