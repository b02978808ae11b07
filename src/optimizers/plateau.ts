import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../dsl/records/dictionary.js';
import { nonnegative } from '../../dsl/index.js';
import { anything, checkOptions, demand, whole } from '../../dsl/refusals/options.js';
import { isBetter } from './better.js';
import { type Optimizer, type OptimizerState, counts, entry } from './optimizer.js';

export interface PlateauOptions {
  /** What updates are multiplied by each time, between 0 and 1; 0.1 where it is left out. */
  readonly factor?: number;
  /** After how many losses in a row that are not below the best; 10 where it is left out. */
  readonly patience?: number;
  /** How far below the best a loss must be to count as better; 0 where it is left out. */
  readonly minDelta?: number;
  /** What updates are multiplied by at least; 0 where it is left out. */
  readonly floor?: number;
}

const numberOf = (state: OptimizerState, name: string): number =>
  entry(state, name).dataSync()[0] ?? Number.NaN;

/**
 * Multiplies updates by a scale, 1 at first, that falls by `factor` whenever `patience` held-out losses in a
 * row are not below the best by `minDelta`: a link after the learning rate. `fit` tells it the losses of its
 * `heldOut`, and refuses it without; it is part of the state, so that a run that goes on is the same.
 *
 * - A loss that is not finite is not better than any.
 * - Errors: options out of range throw a `RangeError`.
 * - Source: ReduceLROnPlateau of PyTorch and Keras; a loss counts as there with an absolute threshold.
 *
 * @example
 * ```ts
 * const halving = reduceOnPlateau({ factor: 0.5, patience: 2 });
 * const told = [3, 2, 2, 2.5].reduce((state, loss) => halving.observe?.(state, loss) ?? {}, halving.init({}));
 * halving.update({ w: tf.scalar(1) }, told, {}).updates['w']?.dataSync()[0]; // 0.5
 * ```
 */
export const reduceOnPlateau = (options: PlateauOptions = {}): Optimizer => {
  const who = 'reduceOnPlateau';
  checkOptions<PlateauOptions>(who, options, {
    factor: anything,
    patience: whole(),
    minDelta: anything,
    floor: anything,
  });
  const { factor = 0.1, patience = 10, minDelta = 0, floor = 0 } = options;
  demand(factor > 0 && factor < 1, who, 'factor between 0 and 1', factor, 'pass 0.5, say');
  demand(minDelta >= 0 && minDelta < Infinity, who, 'minDelta of at least 0', minDelta, 'pass 0');
  demand(floor >= 0 && floor <= 1, who, 'floor from 0 to 1', floor, 'pass 0.01, say');
  return {
    supports: { scale: nonnegative, seen: counts, vain: counts },
    init: () => ({
      scale: tf.scalar(1),
      best: tf.scalar(0),
      seen: tf.scalar(0),
      vain: tf.scalar(0),
    }),
    update: (gradients, state) => ({
      updates: mapped(gradients, (g) => tf.mul(g, entry(state, 'scale'))),
      state: mapped(state, (x) => tf.clone(x)),
    }),
    observe: (state, loss) => {
      const [scale, best] = [numberOf(state, 'scale'), numberOf(state, 'best')];
      const [seen, vain] = [numberOf(state, 'seen'), numberOf(state, 'vain')];
      const better = isBetter(loss, seen === 0 ? Infinity : best, minDelta);
      const waited = better ? 0 : vain + 1;
      const falls = waited >= patience;
      return {
        scale: tf.scalar(falls ? Math.max(scale * factor, floor) : scale),
        best: tf.scalar(better ? loss : best),
        seen: tf.scalar(better ? seen + 1 : seen),
        vain: tf.scalar(falls ? 0 : waited),
      };
    },
  };
};
