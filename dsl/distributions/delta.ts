import * as tf from '@tensorflow/tfjs';
import { checkOptions, having } from '../refusals/options.js';
import { choose, equal } from '../tensors/comparison.js';
import { argumentsOf } from '../checks/argument.js';
import type { Distribution } from '../law/distribution.js';
import { distribution } from '../law/leaf.js';
import { imageUnder } from '../law/preimage.js';
import { broadcastAll, dropLast, takeLast } from '../tensors/shape.js';
import type { Support } from '../supports/support.js';
import { type Real, real } from '../supports/index.js';
import { type TensorLike, asTensor, sumLast } from '../tensors/tensor.js';

/** Where a point mass says its values live; needed where that is not the real line. */
export interface DeltaOptions<S extends Support> {
  readonly support: S;
}

/**
 * A point mass at `value`. As a guide it makes the bound the log joint at that point: maximum a
 * posteriori estimation, or a deterministic encoder.
 *
 * log p(z) = 0 at `value` and −∞ elsewhere: a density with respect to the point mass itself, so
 * that a bound with a Delta guide has no entropy term and is not a bound on the evidence.
 *
 * - Shapes: the last axes of `value` are the event, as many as the support has; the rest is batch.
 * - Gradient: pathwise, the draw is `value` itself and needs no noise.
 *
 * @example
 * ```ts
 * const point = delta([1, 2], { support: realVector });
 * point.logProb(tf.tensor1d([1, 2])).dataSync()[0]; // 0
 * point.logProb(tf.tensor1d([1, 3])).dataSync()[0]; // -Infinity
 * ```
 */
export function delta(value: TensorLike): Distribution<Real, 'pathwise'>;
export function delta<S extends Support>(
  value: TensorLike,
  options: DeltaOptions<S>,
): Distribution<S, 'pathwise'>;
export function delta(
  value: TensorLike,
  options: DeltaOptions<Support> = { support: real },
): Distribution<Support, 'pathwise'> {
  checkOptions('delta', options, {
    support: having('a support', '{ support: positive }, say', 'kind'),
  });
  const { support = real } = options;
  const at = asTensor(value);
  const rank = support.eventRank;
  const point = { name: 'point' };
  return distribution({
    family: { name: 'Delta', axes: { value: rank } },
    parameters: { value: at },
    arguments: argumentsOf('delta', { value: [value, at, support.closure, rank] }),
    support,
    eventShape: takeLast(at.shape, rank),
    sampler: {
      gradient: 'pathwise',
      noise: [],
      draw: () => ({ value: at, preimage: { map: point, x: at, eventRank: rank } }),
    },
    logProb: (v, preimage) => {
      const batch = [dropLast(at.shape, rank), dropLast(v.shape, rank)];
      if (imageUnder(point, preimage)) return tf.zeros([...broadcastAll('delta', batch)]);
      const off = sumLast(tf.sub(1, equal(v, at)), rank);
      const hit = equal(off, tf.zerosLike(off));
      return choose(hit, tf.zerosLike(hit), tf.fill(hit.shape, -Infinity));
    },
    mean: () => at,
    variance: () => tf.zerosLike(at),
    isPoint: true,
  });
}
