/**
 * The laws alone: what `marginalia/testing` has, without its generators, so that `fast-check` need not
 * be installed. The entry `marginalia/testing/laws`.
 *
 * Every law is one call that throws an `Error` with the law, its subject, what was expected, what came,
 * the seed that shows it again and where to look. `laws` lists them all.
 */
export { type BijectorLawOptions, checkBijector } from './bijector-laws.js';
export { type LawEntry, type LawName, laws } from './catalogue.js';
export { type ModelReport, type ModelUnderTest, checkModel } from './check-model.js';
export { type Coordinates, checkReparameterisation } from './coordinates-law.js';
export { checkDistribution, checkDistributionCase, checkDraws } from './distribution-laws.js';
export { type DivergenceLaw, checkClosedFormKl } from './divergence-law.js';
export { checkEstimatorsAgree } from './estimators-agree-law.js';
export {
  type EvidenceLaw,
  type UpperEvidenceLaw,
  checkBoundAboveEvidence,
  checkBoundBelowEvidence,
  checkWeights,
} from './evidence-laws.js';
export { checkExactGuide } from './exact-guide-law.js';
export { checkGradients } from './gradient-of-bound-law.js';
export { checkBlock, checkCondition, checkReplay } from './handler-laws.js';
export type { Inference, LawOptions } from './inference.js';
export { type RowsInference, checkMinibatches } from './minibatches-law.js';
export { type ProgramLaw, checkRenaming, checkReordering } from './naming-laws.js';
export { checkNoise } from './noise-law.js';
export { LawNotApplicable } from './not-applicable.js';
export { type Numbers, toNumbers, toTensor } from './numbers.js';
export { checkOrderInAlpha, checkOrderInParticles } from './ordering-laws.js';
export { checkParticles } from './particles-law.js';
export { checkPlateElements } from './plate-elements-law.js';
export { type PlateAndLoop, checkPlateIsLoop } from './plate-loop-law.js';
export type { ProgramUnderTest } from './program-run.js';
export { checkMask, checkScale } from './scaling-laws.js';
export {
  type MeanClaim,
  type Refuted,
  type SequentialOptions,
  betAgainstUnitMean,
  logEvidenceAgainst,
  testMeans,
} from './sequential.js';
export type { DistributionLawOptions, Parametrised } from './subject.js';
export { checkSupports } from './supports-law.js';
export { type TrainingLaw, checkCompiled, checkMemory, checkResume } from './training-laws.js';
