/**
 * Generators of cases and laws for tests of programs, guides, objectives and new families. The entry
 * `marginalia/testing`, which needs `fast-check`; the laws alone are `marginalia/testing/laws`.
 *
 * Every law is listed in `laws` (`catalogue.ts`) and on the page `docs/testing-your-model.md`.
 */
import '../backend/on-import.js';
export type { BoundCase, CaseRows, Feature, Recipe } from './cases/bound-case.js';
export { type BoundCaseOptions, boundCases } from './cases/bound-cases.js';
export { type Coverage, type Range, coverageOf, covering, showCoverage } from './cases/coverage.js';
export { showCase } from './cases/show-case.js';
export * from './cases/composing/index.js';
export * from './cases/conjugate/index.js';
export * from './cases/discrete/index.js';
export type { GapRange } from './cases/gap-range.js';
export type { FromSketch } from './cases/from-sketch.js';
export * from './cases/distributions/index.js';
export type { MakeObjective } from './bounds/objective-at.js';
export {
  type ObjectiveCheck,
  type ObjectiveOptions,
  type ObjectiveReport,
  checkObjective,
} from './check-objective.js';
export { objectiveCases } from './cases/objective-cases.js';
export { type GuideCase, guidesFor } from './cases/guide-arbitraries.js';
export * from './laws.js';
export * from './cases/linear-gaussian/index.js';
export type { Generators } from './cases/recipes.js';
export * from './property/index.js';
export * from './tightness/index.js';
