import { numpy as np, random } from '@jax-js/jax';
import { at } from '../../contenders/arrays.js';
import type { LogisticRegressionCase } from '../../case.js';
import type { Loss } from './loss.js';
import { bernoulliLogProb } from './networks.js';

export const logisticRegressionLoss =
  ({ rows, columns, batch }: LogisticRegressionCase): Loss =>
  (params, key, b) => {
    const loc = at(params, 'loc');
    const logScale = at(params, 'scale');
    const scale = np.exp(logScale.ref);
    const weights = loc.ref.add(scale.ref.mul(random.normal(key, [columns])));
    const logits = np.matmul(at(b, 'x'), weights);
    const likelihood = np.sum(bernoulliLogProb(at(b, 'y'), logits)).mul(rows / batch);
    const squares = np.sum(np.square(scale).add(np.square(loc)));
    return squares.sub(columns).mul(0.5).sub(np.sum(logScale)).sub(likelihood);
  };
