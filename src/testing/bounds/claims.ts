/** What an objective claims of itself, what it leaves out filled in. */
import type { Objective } from '../../bounds/objective.js';
import type { ParamStructure } from '../../bounds/dependence/structure.js';
import type { BoundOf, Inference } from '../law/inference.js';
import { LawNotApplicable } from '../law/not-applicable.js';

/** Which side of log p(data) an objective says that its mean lies on. */
export const sideOf = ({ meaning: { bound = 'lower' } }: Objective): 'lower' | 'upper' | 'none' =>
  bound;

/** What a value is multiplied by to be the bound: of an upper bound it is the negative. */
export const signOf = (objective: Objective): 1 | -1 => (sideOf(objective) === 'upper' ? -1 : 1);

/**
 * Whether an objective says that it is log p(data) at the posterior. A derivation may say less: relaxed
 * draws make another bound.
 */
export const isTight = ({ derivation: { meaning } }: BoundOf): boolean =>
  meaning.tight ?? meaning.bound !== 'none';

/** An inference with the bound that is taken of it. */
export interface BoundLaw extends Inference {
  readonly objective: Objective;
}

/** Throws where an objective says neither that it is a bound nor that it is tight. */
export const checkClaimed = (check: string, objective: Objective, bound: BoundOf): void => {
  if (isTight(bound) || bound.derivation.meaning.bound !== 'none') return;
  throw new LawNotApplicable(check, 'an objective that claims a bound', `'${objective.name}'`);
};

/** Whether an objective trains a parameter. */
const trainedBy = ({ meaning }: Objective, owner: ParamStructure['owner']): boolean =>
  meaning.trains === undefined || meaning.trains === owner;

/** Whether it says that, of a parameter, the mean of its gradient is the gradient of its mean. */
export const claimsGradient = (objective: Objective, owner: ParamStructure['owner']): boolean => {
  const { gradient = 'unbiased' } = objective.meaning;
  return trainedBy(objective, owner) && (gradient === 'unbiased' || gradient === owner);
};
