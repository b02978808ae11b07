/** The cases on which the engine's choice is judged: those of the bench, and middling models. */
import { series, stepCases } from '../catalogue.js';
import type { Study } from '../study.js';
import { studyOf } from '../cases/study-of.js';
import { hmmStudy } from './cases/hmm.js';
import { pmfStudy } from './cases/pmf.js';
import { ldaStudy } from './cases/prodlda.js';
import { regressionStudy } from './cases/regression.js';

export interface ChoiceCase {
  readonly name: string;
  readonly study: () => Study;
}

const middling: readonly ChoiceCase[] = [
  {
    name: 'pmf',
    study: () => pmfStudy({ users: 1000, items: 500, rank: 16, ratings: 50_000, batch: 512 }),
  },
  {
    name: 'pmf-small',
    study: () => pmfStudy({ users: 60, items: 40, rank: 4, ratings: 1000, batch: 100 }),
  },
  {
    name: 'prodlda',
    study: () => ldaStudy({ words: 1000, topics: 20, hidden: 100, batch: 64 }),
  },
  {
    name: 'prodlda-small',
    study: () => ldaStudy({ words: 200, topics: 5, hidden: 20, batch: 16 }),
  },
  { name: 'hmm-30', study: () => hmmStudy({ states: 8, length: 30, sequences: 16 }) },
  { name: 'hmm-30-one', study: () => hmmStudy({ states: 3, length: 30, sequences: 1 }) },
  {
    name: 'regression',
    study: () => regressionStudy({ rows: 1000, columns: 50, batch: 100, hidden: [] }),
  },
  {
    name: 'mlp-small',
    study: () => regressionStudy({ rows: 500, columns: 4, batch: 50, hidden: [16] }),
  },
  {
    name: 'mlp',
    study: () => regressionStudy({ rows: 1024, columns: 16, batch: 256, hidden: [64, 64] }),
  },
];

const SIZES = new Set([10, 100, 32, 1024]);

export const choiceCases: readonly ChoiceCase[] = [
  ...[
    ...stepCases,
    ...series.flatMap(({ points }) => points.filter((p) => SIZES.has(p.size)).map((p) => p.of)),
  ].map((of): ChoiceCase => ({ name: of.name, study: () => studyOf(of) })),
  ...middling,
];
