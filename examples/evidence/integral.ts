/** log p(x) of a model whose codes are points of the plane, by the trapezoidal rule. */
import * as tf from '@tensorflow/tfjs';
import { type Program, type SviState, type Tensor, simulate } from 'marginalia';

/** Beyond it the prior has a millionth of its mass. */
const EDGE = 5.2;

const CHUNK = 4096;

interface Sum {
  largest: number;
  scaled: number;
}

const include = (sum: Sum, log: number): void => {
  if (log > sum.largest) {
    sum.scaled *= Math.exp(sum.largest - log);
    sum.largest = log;
  }
  sum.scaled += Math.exp(log - sum.largest);
};

/**
 * log ∫ p(x | z) N(z; 0, I) dz of each binary image `[count, pixels]`, with `across` points along each
 * axis, and the same with every second of them: where both agree the lattice is fine enough.
 */
export const integrals = (
  model: (count: number) => Program<unknown, Tensor>,
  { params, key }: Pick<SviState, 'params' | 'key'>,
  images: Tensor,
  across: number,
): { readonly fine: Float64Array; readonly coarse: Float64Array } => {
  const count = images.shape[0] ?? 0;
  const step = (2 * EDGE) / across;
  const sums = () => Array.from({ length: count }, (): Sum => ({ largest: -Infinity, scaled: 0 }));
  const [fine, coarse] = [sums(), sums()];
  const total = across * across;
  for (let from = 0; from < total; from += CHUNK) {
    const size = Math.min(CHUNK, total - from);
    const cells = Array.from({ length: size }, (_, i) => {
      const [row, column] = [Math.floor((from + i) / across), (from + i) % across];
      const [x, y] = [(column + 0.5) * step - EDGE, (row + 0.5) * step - EDGE];
      return { x, y, row, column, logPrior: -(x * x + y * y) / 2 - Math.log(2 * Math.PI) };
    });
    const logs = tf.tidy(() => {
      const z = tf.tensor2d(cells.map(({ x, y }) => [x, y]));
      const logits = simulate(model(size), { params, key, values: { z } });
      // log p(x | z) = x · logits − Σ log(1 + exp logits).
      const without = tf.sum(tf.softplus(logits), -1);
      return tf.sub(tf.matMul(images, logits, false, true), without).dataSync();
    });
    for (let i = 0; i < count; i += 1) {
      const [a, b] = [fine[i], coarse[i]];
      cells.forEach(({ row, column, logPrior }, j) => {
        const log = (logs[i * size + j] ?? Number.NaN) + logPrior;
        if (a !== undefined) include(a, log);
        if (b !== undefined && row % 2 === 0 && column % 2 === 0) include(b, log);
      });
    }
  }
  const logs = (found: readonly Sum[], area: number): Float64Array =>
    Float64Array.from(found, ({ largest, scaled }) => largest + Math.log(scaled * area));
  return { fine: logs(fine, step * step), coarse: logs(coarse, 4 * step * step) };
};
