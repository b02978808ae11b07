/** Randomness that is no latent. */
import type { Distribution } from '../law/distribution.js';
import { anything, checkOptions } from '../refusals/options.js';
import { type Tensor, type TensorLike, asTensor } from '../tensors/tensor.js';
import { checkName } from './name.js';
import { type Program, perform } from './program.js';
import { lawOf } from './sample.js';

/** How noise behaves. */
export interface NoiseOptions {
  /** What stands in place of a draw at evaluation; left out, it is drawn there as well. */
  readonly evaluation?: TensorLike;
}

/**
 * A draw that is no latent: dropout, corruption of data, a random augmentation. It is drawn anew in every
 * step, for each particle and each element of the plates around it; it is neither scored nor recorded, and
 * no guide has to know it. A bound with noise is that of the model in which the noise is integrated out.
 *
 * Model and guide get the same draw by one name; the second visit of a name in one program is another draw,
 * so that a network with dropout may be used twice.
 *
 * - Shapes: `[...plates, ...event]`.
 * - Gradient: that of the draw; where it carries none, `fit` refuses parameters inside `distribution`.
 * - Errors: randomness of a program's own, such as `tf.randomNormal`, has no key: `fit` refuses it.
 *
 * @example
 * ```ts
 * const corrupted = (x: Tensor) =>
 *   program(function* () {
 *     return tf.add(x, yield* noise('corruption', normal(0, 1), { evaluation: 0 }));
 *   });
 * simulate(corrupted(tf.scalar(2)), { key: key(0) }).dataSync()[0] === 2; // false
 * simulate(evaluation(corrupted(tf.scalar(2))), {}).dataSync()[0]; // 2
 * ```
 */
export const noise = (
  name: string,
  distribution: Distribution,
  options: NoiseOptions = {},
): Program<never, Tensor> => noiseOver(name, distribution, options, undefined);

/** The same, for each row of a tensor `[...rows, ...event]` outside its plates as well. */
export const noiseOver = (
  name: string,
  distribution: Distribution,
  options: NoiseOptions,
  rows: Tensor | undefined,
): Program<never, Tensor> => {
  checkName('noise', name);
  checkOptions(`noise '${name}'`, options, { evaluation: anything });
  const { evaluation: fixed } = options;
  const law = lawOf(name, distribution);
  return perform({
    op: 'noise',
    name,
    distribution: law,
    plates: [],
    ...(rows && { rows: rows.shape.slice(0, Math.max(0, rows.rank - law.eventShape.length)) }),
    ...(fixed !== undefined && { evaluation: asTensor(fixed, `noise '${name}'`) }),
    evaluating: false,
  });
};
