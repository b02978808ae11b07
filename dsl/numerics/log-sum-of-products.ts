/**
 * log Σ Π of chances, some of which may be exactly 0: there a logarithm is −∞ and has lost its slope,
 * which the chance itself still has.
 */
import * as tf from '@tensorflow/tfjs';
import { choose, equal, greater } from '../tensors/comparison.js';
import { withGradients } from '../tensors/gradient.js';
import { broadcastAll } from '../tensors/shape.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';

/** A factor of a product: its logarithm, and the chance itself where that may be 0 and have a slope. */
export interface LogChance {
  readonly log: Tensor;
  readonly chance?: Tensor | undefined;
}

/** Beyond this exponent float32 ends. */
const LARGEST = 88;

const joined = (terms: readonly Tensor[]): Tensor => terms.reduce((a, b) => tf.add(a, b));

/** log Σ exp over some axes, kept with length 1; −∞ where all are. */
const logSumExp = (x: Tensor, axes: number[]): Tensor => {
  const largest = tf.max(x, axes, true);
  const peak = tf.where(tf.isFinite(largest), largest, tf.zerosLike(largest));
  return tf.add(tf.log(tf.sum(tf.exp(tf.sub(x, peak)), axes, true)), peak);
};

/**
 * log Σ Π_i p_i over some axes, which are kept with length 1; −∞ where no product is possible.
 *
 * Gradient: by a finite logarithm, its product's share, which rounds to no worse where a chance is less
 * than float32 has. By the chance where its logarithm is −∞: what multiplies it over the sum, and of what
 * exceeds float32 the largest power that it holds. Where the sum is 0, 0.
 *
 * @example
 * ```ts
 * const [log, density] = [asTensor([-Infinity, 0]), asTensor([Math.log(3), Math.log(2)])];
 * const total = (chance: Tensor) => tf.sum(logSumOfProducts([{ log, chance }, { log: density }], [0]));
 * total(asTensor([0, 1])).dataSync()[0]; // 0.6931472
 * grad(total)(asTensor([0, 1])).arraySync(); // [1.5, 0]
 * ```
 */
export const logSumOfProducts = (
  factors: readonly LogChance[],
  axes: readonly number[],
): Tensor => {
  const shape = broadcastAll(
    'logSumOfProducts',
    factors.map(({ log }) => log.shape),
  );
  const plain = factors.filter(({ chance }) => chance === undefined);
  const sloped = factors.flatMap(({ log, chance }) => (chance ? [{ log, chance }] : []));
  const rest = plain.length === 0 ? tf.zeros([...shape]) : joined(plain.map(({ log }) => log));
  const n = sloped.length;
  const over = [...axes];
  return withGradients(
    [rest, ...sloped.map(({ log }) => log), ...sloped.map(({ chance }) => chance)].map((x) =>
      expandTo(x, shape),
    ),
    (inputs) => logSumExp(joined(inputs.slice(0, n + 1)), over),
    (dy, inputs) => {
      const logs = inputs.slice(0, n + 1);
      const all = joined(logs);
      const total = logSumExp(all, over);
      const possible = greater(total, tf.fill(total.shape, -Infinity));
      const zero = tf.zerosLike(total);
      const [arrived, sum] = [choose(possible, dy, zero), choose(possible, total, zero)];
      const share = (log: Tensor): Tensor =>
        tf.mul(arrived, tf.exp(tf.minimum(tf.sub(log, sum), LARGEST)));
      const whole = share(all);
      const none = tf.zerosLike(whole);
      // The others' logarithms are added up without it: −∞ less −∞ is no number.
      const lost = logs.slice(1).map((log, i) => {
        const others = joined(logs.filter((_, j) => j !== i + 1));
        return choose(equal(log, tf.fill(log.shape, -Infinity)), share(others), none);
      });
      return [...logs.map(() => whole), ...lost];
    },
  );
};
