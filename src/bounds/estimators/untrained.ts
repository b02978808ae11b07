import type { EstimatorChoice } from './estimator.js';

/** How an objective says that the guide gets no gradient. */
export const untrained: EstimatorChoice = {
  estimator: { name: 'none', label: 'none', supportMayMove: true },
  why: 'the objective trains nothing of the guide',
};
