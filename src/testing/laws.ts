/**
 * The laws alone: what `marginalia/testing` has, without its generators, so that `fast-check` need not
 * be installed. The entry `marginalia/testing/laws`.
 *
 * Every law is one call that throws an `Error` with the law, its subject, what was expected, what came,
 * the seed that shows it again and where to look. `laws` lists them all.
 */
import '../backend/on-import.js';
export { type BijectorLawOptions, checkBijector } from './distributions/bijector-laws.js';
export { type LawEntry, type LawName, laws } from './law/catalogue.js';
export { type ModelCheck, type ModelReport, checkModel } from './check-model.js';
export type { ModelUnderTest } from './model-under-test.js';
export {
  BrokenLawsError,
  type Cost,
  type LawPlan,
  type LawReport,
  type RunOptions,
  type RunnableLaw,
  runLaws,
} from './law/run-laws.js';
export { type Coordinates, checkReparameterisation } from './programs/coordinates-law.js';
export { checkCoverage } from './programs/coverage-law.js';
export {
  checkDistribution,
  checkDistributionCase,
  checkDraws,
} from './distributions/distribution-laws.js';
export { type DivergenceLaw, checkClosedFormKl } from './distributions/divergence-law.js';
export { checkEstimatorsAgree } from './bounds/estimators-agree-law.js';
export {
  type EvidenceLaw,
  type UpperEvidenceLaw,
  checkBoundAboveEvidence,
  checkBoundBelowEvidence,
  checkWeights,
} from './bounds/evidence-laws.js';
export { checkExactGuide } from './bounds/exact-guide-law.js';
export { checkGradients } from './bounds/gradient/gradient-of-bound-law.js';
export { checkBlock, checkCondition, checkReplay } from './programs/handler-laws.js';
export type { Inference } from './law/inference.js';
export type { LawOptions } from './law/law-options.js';
export { type RowsInference, checkMinibatches } from './programs/minibatches-law.js';
export { type ProgramLaw, checkRenaming, checkReordering } from './programs/naming-laws.js';
export { checkNoise } from './programs/noise-law.js';
export { LawNotApplicable } from './law/not-applicable.js';
export { type Numbers, toNumbers, toTensor } from './statistics/numbers.js';
export { checkBoundScale } from './bounds/bound-scale-law.js';
export type { BoundLaw } from './bounds/claims.js';
export { checkShift } from './bounds/shift-law.js';
export { checkOrdered } from './bounds/ordered-law.js';
export { checkOrderInAlpha, checkOrderInParticles } from './bounds/ordering-laws.js';
export { checkTight } from './bounds/tight-law.js';
export { checkParticles } from './programs/particles-law.js';
export { checkPlateElements } from './programs/plate-elements-law.js';
export { type PlateAndLoop, checkPlateIsLoop } from './programs/plate-loop-law.js';
export type { ProgramUnderTest } from './programs/program-run.js';
export { checkMask, checkScale } from './programs/scaling-laws.js';
export { type PowerOptions, smallestShift } from './statistics/power.js';
export {
  type MeanClaim,
  type Refuted,
  type SequentialOptions,
  betAgainstUnitMean,
  logEvidenceAgainst,
  testMeans,
} from './statistics/sequential.js';
export type { DistributionLawOptions, Parametrised } from './distributions/subject.js';
export { checkSiteDistributions } from './programs/site-distributions-law.js';
export { checkSupports } from './programs/supports-law.js';
export {
  type TrainingLaw,
  checkCompiled,
  checkMemory,
  checkResume,
} from './training/training-laws.js';
