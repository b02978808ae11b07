/**
 * Calibration, checks, convergence, and the causes of infinities. The entry `marginalia/diagnostics`.
 */
import '../backend/on-import.js';
export {
  type Convergence,
  type ConvergenceOptions,
  convergence,
} from '../diagnostics/convergence.js';
export {
  type GradientReport,
  type GradientReportOptions,
  gradientReport,
} from '../diagnostics/gradient-report/report.js';
export { showGradientReport } from '../diagnostics/gradient-report/show.js';
export type { EstimatorReport, SiteReport } from '../diagnostics/gradient-report/site-report.js';
export type { GradientSummary } from '../diagnostics/gradient-report/summary.js';
export * from '../diagnostics/posterior-predictive-check.js';
export { type TestResult, symmetryTest, uniformityTest } from '../diagnostics/rank-tests.js';
export {
  type Calibration,
  type CalibrationOptions,
  type CalibrationSpec,
  type FittedGuide,
  type QuantityCalibration,
  simulationBasedCalibration,
} from '../diagnostics/simulation-based-calibration.js';
export { type TwoSampleOptions, twoSampleTest } from '../diagnostics/two-sample-test.js';
export type { NonFiniteInput, NonFiniteReason } from '../training/non-finite/non-finite-reason.js';
export { type NonFinite, explainNonFinite } from '../training/non-finite/non-finite.js';
export { showNonFinite } from '../training/non-finite/show-non-finite.js';
