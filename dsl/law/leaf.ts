/** Makes a law of what a family must say: shapes, checks and names are derived. */
import type { Argument } from '../checks/argument.js';
import {
  type Distribution,
  type Family,
  type Gradient,
  type Parameters,
  checkValue,
} from './distribution.js';
import type { Shape } from '../tensors/noise.js';
import { broadcastAll, dropLast } from '../tensors/shape.js';
import type { Support } from '../supports/support.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';

/** Of a law, what does not follow from the rest. */
type Capabilities<S extends Support, G extends Gradient> = Pick<
  Distribution<S, G>,
  | 'support'
  | 'values'
  | 'sampler'
  | 'mean'
  | 'variance'
  | 'entropy'
  | 'cdf'
  | 'logCdf'
  | 'logSurvival'
  | 'inverseLogCdf'
  | 'inverseLogSurvival'
  | 'icdf'
  | 'klTo'
  | 'klFrom'
  | 'isPoint'
>;

/** What a family says of a law. */
export interface Leaf<
  P extends Parameters,
  S extends Support,
  G extends Gradient,
> extends Capabilities<S, G> {
  readonly family: Family<P>;
  readonly parameters: P;
  /** What was given, judged: by `argumentsOf`. */
  readonly arguments?: readonly Argument[];
  /** One number where left out. */
  readonly eventShape?: Shape;
  /** log p of a value that fits, or by what it is the image of. */
  readonly logProb: Distribution['logProb'];
}

/** Moments fill the batch, whatever the parameters that they depend on. */
const filled = (moment: (() => Tensor) | undefined, shape: Shape) =>
  moment && ((): Tensor => expandTo(moment(), shape));

/**
 * A law of a family. Its batch is that of the parameters, broadcast; a value that does not fit its event
 * is refused; moments are filled to the batch.
 *
 * - Shapes: of each parameter `family.axes` says how many last axes one law has, the others are batch.
 * - Errors: a `RangeError` where the parameters do not broadcast.
 *
 * @example
 * ```ts
 * // The exponential distribution, as a family of your own.
 * const waiting: Family<{ rate: Tensor }> = { name: 'Waiting', axes: { rate: 0 } };
 * const wait = (rate: Tensor) =>
 *   distribution({
 *     family: waiting,
 *     parameters: { rate },
 *     support: positive,
 *     sampler: {
 *       gradient: 'pathwise',
 *       noise: [baseNoise('gumbel')],
 *       draw: ([g = tf.scalar(0)]) => ({ value: tf.div(tf.exp(tf.neg(g)), rate) }),
 *     },
 *     logProb: (z) => tf.sub(tf.log(rate), tf.mul(rate, z)),
 *   });
 * wait(tf.tensor1d([2, 3])).batchShape; // [2]
 * wait(tf.scalar(2)).logProb(tf.scalar(1)).dataSync()[0]; // Math.log(2) - 2
 * ```
 */
export const distribution = <P extends Parameters, S extends Support, G extends Gradient>(
  leaf: Leaf<P, S, G>,
): Distribution<S, G> => {
  const { family, parameters, eventShape = [], logProb, cdf, logCdf, logSurvival, ...rest } = leaf;
  const { mean, variance, entropy } = leaf;
  const axes: Readonly<Record<string, number>> = family.axes;
  const batchShape = broadcastAll(
    `${family.name}(${Object.keys(parameters).join(', ')})`,
    Object.entries(parameters).flatMap(([name, x]) =>
      x === undefined ? [] : [dropLast(x.shape, axes[name] ?? 0)],
    ),
  );
  const shapes = { family, batchShape, eventShape };
  const each = [...batchShape, ...eventShape];
  const judged =
    (f: (value: Tensor) => Tensor) =>
    (value: Tensor): Tensor => {
      checkValue(shapes, value);
      return f(value);
    };
  const means = filled(mean, each);
  const variances = filled(variance, each);
  const entropies = filled(entropy, batchShape);
  return {
    ...rest,
    ...shapes,
    parameters,
    logProb: (value, preimage) => {
      checkValue(shapes, value);
      return logProb(value, preimage);
    },
    ...(cdf && { cdf: judged(cdf) }),
    ...(logCdf && { logCdf: judged(logCdf) }),
    ...(logSurvival && { logSurvival: judged(logSurvival) }),
    ...(means && { mean: means }),
    ...(variances && { variance: variances }),
    ...(entropies && { entropy: entropies }),
  };
};
