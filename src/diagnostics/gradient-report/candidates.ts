/** The estimators that are valid for a site. */
import { SiteError } from '../../../dsl/index.js';
import { entryOf } from '../../../dsl/records/dictionary.js';
import type { Derivation } from '../../bounds/derivation.js';
import { deriveFrom } from '../../bounds/derive.js';
import type { Objective } from '../../bounds/objective.js';
import { estimators } from '../../bounds/estimators/catalogue.js';
import { type Estimator, isSameEstimator } from '../../bounds/estimators/estimator.js';
import type { Structure } from '../../bounds/dependence/structure.js';

const asking = (objective: Objective, site: string, estimator: Estimator): Objective => ({
  ...objective,
  preferences: {
    ...objective.preferences,
    estimators: { ...objective.preferences.estimators, [site]: estimator },
  },
});

/** The derivation with an estimator asked for, or nothing where it is not valid. */
const derivedWith = (
  structure: Structure,
  objective: Objective,
  trains: readonly string[],
): Derivation | undefined => {
  try {
    return deriveFrom(structure, objective, trains);
  } catch (error) {
    if (error instanceof SiteError) return undefined;
    throw error;
  }
};

/** An estimator with the bound that it would give. */
export interface Candidate {
  readonly estimator: Estimator;
  readonly derivation: Derivation;
}

/** The estimator that a derivation has at a site. */
export const estimatorAt = ({ latents }: Derivation, site: string): Estimator | undefined =>
  latents.find((l) => l.name === site)?.estimator;

/** Valid estimators of a site where some parameters are trained, each derived once. */
export const candidatesAt = (
  structure: Structure,
  objective: Objective,
  site: string,
  more: readonly Estimator[],
  trains: readonly string[],
): readonly Candidate[] => {
  const asked = entryOf(objective.preferences.estimators ?? {}, site);
  return [...estimators, ...(asked ? [asked] : []), ...more].reduce<readonly Candidate[]>(
    (found, estimator) => {
      const derivation = derivedWith(structure, asking(objective, site, estimator), trains);
      if (derivation === undefined) return found;
      const own = estimatorAt(derivation, site);
      const known = found.some((c) => isSameEstimator(estimatorAt(c.derivation, site), own));
      // With one particle nothing is left out, which is no baseline at all.
      return known ? found : [...found, { estimator, derivation }];
    },
    [],
  );
};
