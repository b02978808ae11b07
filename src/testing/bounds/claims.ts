/** What an objective claims of itself, what it leaves out filled in. */
import type { Objective } from '../../bounds/objective.js';
import type { ParamStructure } from '../../bounds/structure.js';
import type { BoundOf } from '../law/inference.js';

/** Which side of log p(data) an objective says that its mean lies on. */
export const sideOf = ({ statement }: Objective): 'lower' | 'upper' | 'none' =>
  statement === undefined ? 'lower' : statement.bound;

/** What a value is multiplied by to be the bound: of an upper bound it is the negative. */
export const signOf = (objective: Objective): 1 | -1 => (sideOf(objective) === 'upper' ? -1 : 1);

/**
 * Whether an objective says that it is log p(data) at the posterior. A derivation may say less: relaxed
 * draws make another bound.
 */
export const isTight = ({ derivation: { statement } }: BoundOf): boolean =>
  statement?.tight ?? statement?.bound !== 'none';

/** Whether it says anything of its value: that it is a bound, or tight. */
export const isClaimed = (bound: BoundOf): boolean =>
  isTight(bound) || (bound.derivation.statement?.bound ?? 'lower') !== 'none';

/** Whether an objective trains a parameter. */
const trainedBy = ({ statement }: Objective, owner: ParamStructure['owner']): boolean =>
  statement?.trains === undefined || statement.trains === owner;

/** Whether it says that, of a parameter, the mean of its gradient is the gradient of its mean. */
export const claimsGradient = (objective: Objective, owner: ParamStructure['owner']): boolean => {
  const { gradient = 'unbiased' } = objective.statement ?? {};
  return trainedBy(objective, owner) && (gradient === 'unbiased' || gradient === owner);
};
