import * as tf from '@tensorflow/tfjs';
import { type Distribution, type Gradient, checkValue } from '../law/distribution.js';
import { wrapped } from '../law/structure.js';
import { imageUnder } from '../law/preimage.js';
import { choose, less } from '../tensors/comparison.js';
import { dropLast, sameShape, showShape, takeLast } from '../tensors/shape.js';
import { demand } from '../refusals/options.js';
import { isWithin } from '../supports/inclusion.js';
import type {
  AnyBijector,
  Bijector,
  BijectorFrom,
  ContinuousSupport,
  ScalarSupport,
} from '../supports/support.js';
import { type ArrayOf, entriesOf, widened } from '../supports/array.js';
import type { Real } from '../supports/real.js';
import { type Tensor, sumLast } from '../tensors/tensor.js';

/** An elementwise map of an array gives an array; any other map gives its own codomain. */
export type TransformedSupport<S, C> = S extends ArrayOf
  ? C extends ScalarSupport
    ? ArrayOf<C>
    : C
  : C;

/** The values of a set, or arrays of them. */
export type Over<D> = D extends ScalarSupport ? D | ArrayOf<D> : D;

/** A law on another set than a map is from would have images that are not all that the map is onto. */
const checkDomain = (base: Distribution, { name, domain }: AnyBijector): void => {
  if (domain === undefined) return;
  const [given, taken] = [entriesOf(base.support), entriesOf(domain)];
  demand(
    isWithin(given, taken) && isWithin(taken, given),
    `transformed(${base.family.name}, ${name})`,
    `a law on what the map is from, ${taken.name}`,
    given.name,
    'compose it with a map from there, or take another law',
  );
};

/** What a value is the image of, and the log determinant there. */
interface Origin {
  readonly x: Tensor;
  readonly logDet: () => Tensor;
}

function imageOf(base: Distribution, bijector: AnyBijector): Distribution {
  const rank = base.eventShape.length;
  checkDomain(base, bijector);
  if (bijector.inputRank > rank) {
    throw new RangeError(
      `transformed(${base.family.name}, ${bijector.name}): expected an event of at least ` +
        `${bijector.inputRank} axes, but got ${rank}; wrap the base in independent(…).`,
    );
  }
  const volume = ({ x, logDet }: Origin): Tensor =>
    base.isPoint
      ? tf.zeros([...dropLast(x.shape, rank)])
      : sumLast(logDet(), rank - bijector.inputRank);
  // The map's own parameters may add batch axes, but no event axes: those would share one draw.
  const full = bijector.outputShape([...base.batchShape, ...base.eventShape]);
  const newRank = rank - bijector.inputRank + bijector.codomain.eventRank;
  const eventShape = takeLast(full, newRank);
  if (bijector.inputRank === 0 && !sameShape(eventShape, base.eventShape)) {
    throw new RangeError(
      `transformed(${base.family.name}, ${bijector.name}): expected parameters of the map that ` +
        `broadcast to the event ${showShape(base.eventShape)}, but got ${showShape(eventShape)}; ` +
        'give the base as many entries.',
    );
  }
  const { unmasked, cdf, icdf, logCdf, logSurvival, inverseLogCdf, inverseLogSurvival } = base;
  const { direction } = bijector;
  /** What is below x is above f(x) where the map falls. */
  const turned = (falling: Tensor, share: Tensor): Tensor =>
    choose(falling, tf.sub(1, share), share);
  const falls = direction && ((): Tensor => less(direction(), tf.scalar(0)));
  // A map that was spread from another has its key still, but hardly its name.
  const map = bijector.key === bijector.name ? bijector.key : { name: bijector.name };
  const { offBounds } = bijector.codomain;
  const inside = (y: Tensor): Tensor => (offBounds ? offBounds(y) : y);
  const inverse = (y: Tensor): Tensor => bijector.inverse(inside(y));
  const from = (x: Tensor): Origin => ({ x, logDet: () => bijector.logAbsDetJacobian(x) });
  const originOf = (y: Tensor): Origin => {
    if (bijector.inverseAndLogDet === undefined) return from(inverse(y));
    const [x, logDet] = bijector.inverseAndLogDet(inside(y));
    return { x, logDet: () => logDet };
  };
  const self: Distribution = {
    family: wrapped('Transformed', base),
    parameters: {},
    structure: {
      _tag: 'transformed',
      base,
      bijector: bijector.name,
      parameters: bijector.parameters ?? [],
    },
    support: widened(bijector.codomain, rank - bijector.inputRank),
    batchShape: dropLast(full, newRank),
    eventShape,
    sampler: {
      gradient: base.sampler.gradient,
      noise: base.sampler.noise,
      draw: (noise) => {
        const { value: x, preimage: of } = base.sampler.draw(noise);
        const preimage = { map, x, eventRank: rank, ...(of && { of }) };
        return { value: bijector.forward(x), preimage };
      },
    },
    logProb: (y, preimage) => {
      checkValue(self, y);
      const own = imageUnder(map, preimage);
      const origin = own ? from(own) : originOf(y);
      return tf.sub(base.logProb(origin.x, own && preimage?.of), volume(origin));
    },
    ...(falls &&
      cdf && {
        cdf: (y) => {
          checkValue(self, y);
          return turned(falls(), cdf(inverse(y)));
        },
      }),
    ...(falls &&
      logCdf &&
      logSurvival && {
        logCdf: (y) => {
          checkValue(self, y);
          return choose(falls(), logSurvival(inverse(y)), logCdf(inverse(y)));
        },
        logSurvival: (y) => {
          checkValue(self, y);
          return choose(falls(), logCdf(inverse(y)), logSurvival(inverse(y)));
        },
      }),
    ...(falls &&
      inverseLogCdf &&
      inverseLogSurvival && {
        inverseLogCdf: (log) =>
          bijector.forward(choose(falls(), inverseLogSurvival(log), inverseLogCdf(log))),
        inverseLogSurvival: (log) =>
          bijector.forward(choose(falls(), inverseLogCdf(log), inverseLogSurvival(log))),
      }),
    ...(falls && icdf && { icdf: (u) => bijector.forward(icdf(turned(falls(), u))) }),
    ...(base.isPoint && { isPoint: true }),
    ...(unmasked && { unmasked: () => imageOf(unmasked(), bijector) }),
  };
  return self;
}

/**
 * The law of y = f(x) for x from a distribution on the reals, or on what f says that it is from, and f a bijector.
 *
 * log p(y) = log p(x) − log |det ∂f/∂x|, x = f⁻¹(y), in nats. A point mass stays one, log p = 0.
 *
 * - Shapes: the base's, with the event reshaped by f, and the batch broadcast with f's own. A map that mixes axes needs them in the
 *   event: wrap the base in `independent` first.
 * - Gradient: that of the base, through f. log q at an own draw inverts nothing.
 * - Edges: a value outside the codomain of f gives NaN. One that float32 rounded to a bound of it
 *   counts as the nearest inside, without gradient; an own draw keeps its x, so that neither log q
 *   nor a gradient is lost where f(x) is rounded, if f has a `key`.
 *   It has a distribution function where the base has one and f says its `direction`.
 * - Errors: a law on another set than f says that it is from throws a `RangeError`.
 * - Source: Papamakarios et al., Normalizing Flows, section 2.1, arXiv:1912.02762.
 *
 * @example
 * ```ts
 * const logNormal = transformed(normal(0, 1), bijectors.exp);
 * logNormal.logProb(tf.scalar(1)).dataSync()[0]; // -0.9189385
 * ```
 */
export function transformed<
  S extends Real | ArrayOf<Real>,
  G extends Gradient,
  C extends ContinuousSupport,
>(base: Distribution<S, G>, bijector: Bijector<C>): Distribution<TransformedSupport<S, C>, G>;
export function transformed<
  D extends ContinuousSupport,
  S extends Over<D>,
  G extends Gradient,
  C extends ContinuousSupport,
>(
  base: Distribution<S, G>,
  bijector: BijectorFrom<D, C>,
): Distribution<TransformedSupport<S, C>, G>;
export function transformed(base: Distribution, bijector: AnyBijector): Distribution {
  return imageOf(base, bijector);
}
