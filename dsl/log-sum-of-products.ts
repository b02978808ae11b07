/**
 * log Σ Π of chances, some of which may be exactly 0: there a logarithm is −∞ and has lost its slope,
 * which the chance itself still has.
 */
import * as tf from '@tensorflow/tfjs';
import { choose, greater } from './comparison.js';
import { withGradients } from './gradient.js';
import { broadcastAll } from './shape.js';
import { type Tensor, expandTo } from './tensor.js';

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
 * Gradient: by a chance, what multiplies it over the sum, also where it is 0; of what exceeds float32 the
 * largest power that it holds. By a logarithm without one, its product's share. Where the sum is 0, 0.
 *
 * @example
 * ```ts
 * const [log, density] = [asTensor([-Infinity, 0]), asTensor([Math.log(3), Math.log(2)])];
 * const total = (chance: Tensor) => logSumOfProducts([{ log, chance }, { log: density }], [0]);
 * total(asTensor([0, 1])).dataSync()[0]; // 0.6931472
 * tf.grad(total)(asTensor([0, 1])).arraySync(); // [1.5, 1]
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
      // Left out and not subtracted: −∞ less −∞ is no number.
      const others = logs.map((_, i) => joined(logs.filter((_log, j) => j !== i || n === 0)));
      return [
        share(all),
        ...logs.slice(1).map((log) => tf.zerosLike(log)),
        ...others.slice(1).map(share),
      ];
    },
  );
};
