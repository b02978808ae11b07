/** The estimators that are valid for a site. */
import { SiteError } from '../../../dsl/index.js';
import { entryOf } from '../../../dsl/dictionary.js';
import type { Derivation, Estimator } from '../../bounds/derivation.js';
import { deriveFrom } from '../../bounds/derive.js';
import type { Objective } from '../../bounds/objective.js';
import {
  type SiteEstimator,
  enumeration,
  gumbelSoftmax,
  implicit,
  measureValued,
  pathwise,
  scoreFunction,
  straightThrough,
} from '../../bounds/estimators/site-estimator.js';
import type { Structure } from '../../bounds/dependence/structure.js';

const usual: readonly SiteEstimator[] = [
  enumeration(),
  pathwise(),
  implicit(),
  scoreFunction({ baseline: 'none' }),
  scoreFunction({ baseline: 'leaveOneOut' }),
  scoreFunction({ baseline: 'runningAverage' }),
  measureValued(),
  straightThrough(),
  straightThrough({ temperature: 0.5 }),
  gumbelSoftmax({ temperature: 0.5 }),
];

const asking = (objective: Objective, site: string, estimator: SiteEstimator): Objective => ({
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
  readonly estimator: SiteEstimator;
  readonly derivation: Derivation;
}

/** The estimator that a derivation has at a site. */
export const estimatorAt = ({ latents }: Derivation, site: string): Estimator | undefined =>
  latents.find((l) => l.name === site)?.estimator;

/** Whether two derived estimators are the same, schedules by identity. */
export const same = (a: Estimator | undefined, b: Estimator | undefined): boolean => {
  if (a === undefined || b === undefined || a.tag !== b.tag) return false;
  if (a.tag === 'score' && b.tag === 'score') {
    return (
      a.baseline === b.baseline &&
      ('beta' in a ? a.beta : 0) === ('beta' in b ? b.beta : 0) &&
      ('site' in a ? a.site : '') === ('site' in b ? b.site : '')
    );
  }
  const temperature = (e: Estimator): unknown => ('temperature' in e ? e.temperature : undefined);
  return temperature(a) === temperature(b);
};

/** Valid estimators of a site where some parameters are trained, each derived once. */
export const candidatesAt = (
  structure: Structure,
  objective: Objective,
  site: string,
  more: readonly SiteEstimator[],
  trains: readonly string[],
): readonly Candidate[] => {
  const asked = entryOf(objective.preferences.estimators ?? {}, site);
  return [...usual, ...(asked ? [asked] : []), ...more].reduce<readonly Candidate[]>(
    (found, estimator) => {
      const derivation = derivedWith(structure, asking(objective, site, estimator), trains);
      if (derivation === undefined) return found;
      const own = estimatorAt(derivation, site);
      const known = found.some((c) => same(estimatorAt(c.derivation, site), own));
      // With one particle nothing is left out, which is no baseline at all.
      return known ? found : [...found, { estimator, derivation }];
    },
    [],
  );
};
