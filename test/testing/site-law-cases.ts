/** Laws of what sites are drawn from, each with what keeps it and what breaks it. */
import { normal, sample, uniform } from 'marginalia';
import { checkCoverage, checkSiteDistributions } from 'marginalia/testing';
import type { Case } from './law-case.js';
import { conjugate, known, offBy, posterior } from './law-subjects.js';

export const siteCases: readonly Case[] = [
  {
    law: 'a distribution is its family',
    by: 'a normal that is not one',
    kept: () =>
      checkSiteDistributions({ model: conjugate, guide: sample('z', offBy(0, normal(2, 1))) }),
    broken: () =>
      checkSiteDistributions({ model: conjugate, guide: sample('z', offBy(0.5, normal(2, 1))) }),
  },
  {
    law: 'the guide covers the posterior',
    by: 'a guide of a smaller support',
    kept: () => checkCoverage({ ...known, posterior }),
    broken: () => checkCoverage({ ...known, posterior, guide: sample('z', uniform(2, 3)) }),
  },
];
