/** The importance-weighted bound, written as a user would write an objective. */
import * as tf from '@tensorflow/tfjs';
import type { Joint, Objective, Tensor } from 'marginalia';
import { overPlates, siteLogProb } from '../../src/interpreters/score-record.js';

/** log w for each particle and datum, `[particles, data]`. */
const logWeights = ({ model, guide, layout }: Joint): Tensor => {
  const total = (records: Joint['model']['records']): Tensor =>
    records
      .flatMap((r) =>
        r.kind === 'sample' || r.kind === 'factor' ? [overPlates(r, siteLogProb(r), layout)] : [],
      )
      .reduce((a, b) => tf.add(a, b));
  return tf.sub(total(model.records), total(guide.records));
};

/**
 * Σ over data of log (1/K) Σ_k w_k (Burda et al. 2016, equation 8, arXiv:1509.00519), for programs
 * whose sites all lie in one plate.
 */
export const iwae = ({
  particles,
}: {
  readonly particles: number;
}): Objective<{ readonly support: 'within'; readonly gradient: 'pathwise' }> => ({
  name: 'iwae',
  symbol: 'IWAE',
  particles,
  requires: { support: 'within', gradient: 'pathwise' },
  preferences: { closedFormKl: 'never', discrete: 'score', baseline: 'none' },
  estimate: (joint) => {
    const value = tf.sum(tf.sub(tf.logSumExp(logWeights(joint), 0), Math.log(particles)));
    return { value, surrogate: value, terms: {} };
  },
});
