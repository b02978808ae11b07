/** What an objective claims of itself, what it leaves out filled in. */
import type { Objective } from '../../bounds/objective.js';
import type { ParamStructure } from '../../bounds/dependence/structure.js';
import type { BoundOf, Inference } from '../law/inference.js';
import { LawNotApplicable } from '../law/not-applicable.js';

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

/** An inference with the bound that is taken of it. */
export interface BoundLaw extends Inference {
  readonly objective: Objective;
}

/** Throws where an objective says neither that it is a bound nor that it is tight. */
export const checkClaimed = (check: string, objective: Objective, bound: BoundOf): void => {
  if (isTight(bound) || (bound.derivation.statement?.bound ?? 'lower') !== 'none') return;
  throw new LawNotApplicable(check, 'an objective that claims a bound', `'${objective.name}'`);
};

/** Whether an objective trains a parameter. */
const trainedBy = ({ statement }: Objective, owner: ParamStructure['owner']): boolean =>
  statement?.trains === undefined || statement.trains === owner;

/** Whether it says that, of a parameter, the mean of its gradient is the gradient of its mean. */
export const claimsGradient = (objective: Objective, owner: ParamStructure['owner']): boolean => {
  const { gradient = 'unbiased' } = objective.statement ?? {};
  return trainedBy(objective, owner) && (gradient === 'unbiased' || gradient === owner);
};
