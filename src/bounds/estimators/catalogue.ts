/** The estimators that the engine knows, as it tries them at a site and reports on them. */
import { enumeration } from './enumeration.js';
import type { Estimator } from './estimator.js';
import { gumbelSoftmax } from './gumbel-softmax.js';
import { implicit } from './implicit.js';
import { measureValued } from './measure-valued.js';
import { pathwise } from './pathwise.js';
import { scoreFunction } from './score-function.js';
import { straightThrough } from './straight-through.js';

export const estimators: readonly Estimator[] = [
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
