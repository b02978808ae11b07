import * as tf from '@tensorflow/tfjs';
import { type Given, argumentsOf } from '../checks/argument.js';
import { type Distribution, type Gradient, checkValue } from '../law/distribution.js';
import { logOneMinusExp } from '../numerics/special.js';
import { anything, checkOptions, demand, required } from '../refusals/options.js';
import { boolean, real } from '../supports/index.js';
import { type Censored, censoredIn } from '../supports/censored.js';
import type { Support } from '../supports/support.js';
import { choose, less, unequal } from '../tensors/comparison.js';
import { broadcastAll } from '../tensors/shape.js';
import { type Tensor, type TensorLike, asTensor } from '../tensors/tensor.js';
import { expand } from './expand.js';
import { type Tails, tailsOf } from './tails.js';

/** Of which observations no more is known than a bound, element by element: 1 there, and 0 elsewhere. */
export interface Censoring {
  /** Where a draw is above the value. */
  readonly right?: TensorLike;
  /** Where it is at most the value. */
  readonly left?: TensorLike;
  /** Where it is above the value and at most `to`. */
  readonly interval?: { readonly where: TensorLike; readonly to: TensorLike };
}

const CURE = 'compare numbers first, as tf.greater(time, end) does';

/** Below this share of what lies beyond, an interval has its width times the density in its middle. */
const NARROW = 2 ** -9;

/** log P(low < z ≤ high): by what is beyond on the side that has less, where nothing rounds to 1. */
const logBetween = (
  { below, above }: Tails,
  logProb: ((value: Tensor) => Tensor) | undefined,
  [low, high]: readonly [Tensor, Tensor],
): Tensor => {
  const [fromLow, toHigh] = [above(low), below(high)];
  const isUpper = less(fromLow, tf.scalar(-Math.LN2));
  const beyond = choose(isUpper, fromLow, toHigh);
  const rest = choose(isUpper, above(high), below(low));
  // −∞ where nothing lies beyond it: of that nothing is taken off.
  const gap = choose(
    unequal(rest, tf.scalar(-Infinity)),
    tf.sub(beyond, choose(unequal(rest, tf.scalar(-Infinity)), rest, tf.scalar(0))),
    tf.scalar(Infinity),
  );
  if (logProb === undefined) return tf.add(beyond, logOneMinusExp(gap));
  const isNarrow = less(gap, tf.scalar(NARROW));
  const wide = tf.add(beyond, logOneMinusExp(choose(isNarrow, tf.scalar(1), gap)));
  const middle = tf.add(low, tf.div(tf.sub(high, low), 2));
  return choose(isNarrow, tf.add(logProb(middle), tf.log(tf.sub(high, low))), wide);
};

/**
 * What is observed of a law where some observations are but bounds: survival times of those who still live, doses
 * below the limit of detection, ages in years. An element counts by log P(z > value) where it is censored on the right,
 * log P(z ≤ value) on the left, log P(value < z ≤ to) in an interval, and by its log density where it is none of these.
 *
 * It stands where data are: as a latent site no guide fits it, which the compiler says, as its support lies in no
 * other. A draw is one of the base, whole: of what would have been seen if nothing had been censored, which is what
 * predictions of a fitted model are of.
 *
 * - Shapes: batch is the base's and those of `right`, `left`, `where` and `to`, broadcast; an event is one number.
 * - Gradient: by value and parameters, through distribution function and density.
 * - Edges: tails of families that have `logCdf` and `logSurvival` are right however far out, those of normal, exponential,
 *   gamma, Weibull and Poisson laws among them. Others go by `cdf`, whose share above ends near 10⁻⁷. For counts, at
 *   least k is above k − 1. A `to` below its value gives NaN.
 * - Errors: a base without a distribution function, of more than one number, or masked, is a `RangeError`; so are other
 *   numbers than 0 and 1, or an element that is censored twice, wherever values can be read.
 * - Source: Klein and Moeschberger, Survival Analysis, section 3.5.
 *
 * @example
 * ```ts
 * // Days until a pump failed; two of them still ran when the study ended.
 * const days = [12, 30, 21, 40, 40];
 * const stillRan = [0, 0, 0, 1, 1];
 * const study = program(function* () {
 *   const rate = yield* sample('rate', gamma(1, 20));
 *   const life = censored(exponential(rate), { right: stillRan });
 *   yield* plate('pumps', 5, observe('days', life, days));
 * });
 * // Three failures in 143 days: log p(rate) + 3 log rate − 143 rate.
 * logDensity(study, { values: { rate: 0.02 } }).dataSync()[0]; // Math.log(20) - 0.4 + 3 * Math.log(0.02) - 2.86
 * ```
 */
export function censored<S extends Support, G extends Gradient>(
  base: Distribution<S, G>,
  censoring: Censoring,
): Distribution<Censored<S>, G>;
export function censored(base: Distribution, censoring: Censoring): Distribution {
  const who = `censored(${base.family.name})`;
  checkOptions(who, censoring, { right: anything, left: anything, interval: anything });
  demand(
    base.eventShape.length === 0 && base.unmasked === undefined,
    who,
    'a law of one number whose every value counts',
    base.unmasked ? 'a masked one' : `one of shape [${base.eventShape.join(', ')}]`,
    'censor the law of each number, and mask or join the whole',
  );
  const tails = tailsOf(who, base);
  const { right = 0, left = 0, interval = { where: 0, to: 0 } } = censoring;
  checkOptions(`${who}: interval`, interval, {
    where: required(anything),
    to: required(anything),
  });
  const flags = { right, left, where: interval.where };
  const tensors = { right: asTensor(right), left: asTensor(left), where: asTensor(interval.where) };
  const to = asTensor(interval.to);
  const all = Object.values(tensors);
  const batchShape = broadcastAll(who, [base.batchShape, ...all.map((x) => x.shape), to.shape]);
  const wide = expand(base, batchShape);
  const [isRight, isLeft, isBetween] = [tensors.right, tensors.left, tensors.where].map((x) =>
    unequal(x, tf.scalar(0)),
  );
  const once = all.reduce((a, b) => tf.add(a, b));
  const given: Readonly<Record<string, Given>> = {
    right: [flags.right, tensors.right, boolean, 0, CURE],
    left: [flags.left, tensors.left, boolean, 0, CURE],
    'interval.where': [flags.where, tensors.where, boolean, 0, CURE],
    'interval.to': [interval.to, to, real, 0, 'a draw above the value is censored on the right'],
    'right + left + interval.where': [once, once, boolean, 0, 'give each observation one bound'],
  };
  const { weakDerivative: _, enumeration: __, relaxation: ___, ...sampler } = wide.sampler;
  const { mean, variance } = wide;
  const density = base.support.isDiscrete ? undefined : base.logProb;
  const self: Distribution = {
    family: { name: `Censored(${base.family.name})`, axes: { right: 0, left: 0, where: 0, to: 0 } },
    parameters: { ...tensors, to },
    structure: { _tag: 'parts', parts: [{ law: wide, axes: 0 }] },
    arguments: argumentsOf(who, given),
    support: censoredIn(base.support),
    batchShape,
    eventShape: [],
    sampler,
    logProb: (value) => {
      checkValue(self, value);
      const some = base.support.some(broadcastAll(who, [value.shape, batchShape]));
      const [r = some, l = some, b = some] = [isRight, isLeft, isBetween];
      const isBound = tf.add(tf.add(r, l), b);
      // What is not asked for is asked at some value of the law's own, as its slope may be infinite.
      const at = (flag: Tensor): Tensor => choose(flag, value, some);
      const exact = wide.logProb(choose(isBound, some, value));
      const above = censoring.right === undefined ? exact : tails.above(at(r));
      const below = censoring.left === undefined ? exact : tails.below(at(l));
      const between =
        censoring.interval === undefined
          ? exact
          : logBetween(tails, density, [at(b), choose(b, to, tf.add(some, 1))]);
      return choose(r, above, choose(l, below, choose(b, between, exact)));
    },
    ...(mean && { mean }),
    ...(variance && { variance }),
    unmasked: () => wide,
  };
  return self;
}
