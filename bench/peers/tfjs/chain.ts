import * as tf from '@tensorflow/tfjs';
import { at } from '../../contenders/arrays.js';
import type { ChainCase } from '../../case.js';
import type { Loss } from './loss.js';
import { normalKl, normalLogProb } from './normal.js';

/** Σᵢ KL(q(zᵢ) ‖ N(zᵢ₋₁, 1)) − log N(xᵢ; zᵢ, 1), a site at a time. */
export const chainLoss =
  ({ seen }: ChainCase): Loss =>
  (params, noise) => {
    let before: tf.Tensor = tf.scalar(0);
    const terms = seen.map((x, i) => {
      const loc = at(params, `z${i}/loc`);
      const logScale = at(params, `z${i}/scale`);
      const kl = normalKl(loc, logScale, before, 1);
      before = tf.add(loc, tf.mul(tf.exp(logScale), noise(`z${i}`, [])));
      return tf.sub(kl, normalLogProb(tf.scalar(x), before, 1, 0));
    });
    return tf.addN(terms);
  };
