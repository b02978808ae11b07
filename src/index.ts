/** Marginalia: a functional probabilistic programming language. The public entry. */
// oxlint-disable-next-line import/no-unassigned-import -- it is imported for what it does
import './backend/on-import.js';

export * from '../dsl/index.js';
export {
  type Derivation,
  type LatentDerivation,
  type PhaseDerivation,
  type TermDerivation,
} from './bounds/derivation.js';
export { derive } from './bounds/derive.js';
export type { Fit } from './bounds/fit/fit.js';
export { GuideMisfitError, type Misfit, showMisfit } from './bounds/misfit.js';
export { type Estimate, type Objective, type Preferences, fromDraws } from './bounds/objective.js';
export type { Meaning, Requirements } from './bounds/meaning.js';
export type { Formula, Notation } from './bounds/notation/notation.js';
export { type Beta, type BetaElboOptions, betaElbo } from './bounds/objectives/beta-elbo.js';
export { type CuboOptions, cubo } from './bounds/objectives/cubo.js';
export { type ElboGradient, type ElboOptions, elbo } from './bounds/objectives/elbo.js';
export { type EuboOptions, eubo } from './bounds/objectives/eubo.js';
export { iwae } from './bounds/objectives/iwae.js';
export { type InfoVaeOptions, infoVae } from './bounds/objectives/info-vae.js';
export {
  type LossGradient,
  type Losses,
  type Minimized,
  type MinimizeOptions,
  expectation,
  minimize,
} from './bounds/objectives/minimize.js';
export type { WeightsGradient, WeightsOptions } from './bounds/objectives/options.js';
export { type Penalties, paramsIn, penalized, valuesIn } from './bounds/objectives/penalized.js';
export { type RenyiOptions, renyi } from './bounds/objectives/renyi.js';
export { type TailAdaptiveOptions, tailAdaptive } from './bounds/objectives/tail-adaptive.js';
export { type VarGradOptions, varGrad } from './bounds/objectives/var-grad.js';
export { type VimcoOptions, vimco } from './bounds/objectives/vimco.js';
export {
  type CoveringObjective,
  type SleepOptions,
  type WakeOptions,
  reweightedWakeSleep,
  sleepPhi,
  wakePhi,
  wakeTheta,
} from './bounds/objectives/wake-sleep.js';
export {
  type GradientReport,
  type GradientReportOptions,
  gradientReport,
} from './diagnostics/gradient-report/report.js';
export type { EstimatorReport, SiteReport } from './diagnostics/gradient-report/site-report.js';
export type { GradientSummary } from './diagnostics/gradient-report/summary.js';
export { showGradientReport } from './diagnostics/gradient-report/show.js';
export { estimateTerms, estimatorMemory } from './bounds/estimate.js';
export { enumeration } from './bounds/estimators/enumeration.js';
export {
  type Addition,
  type Compared,
  type Doubt,
  type DrawnSite,
  type EstimatedSite,
  type Estimator,
  type EstimatorChoice,
  type Refusal,
  type SiteCost,
  type SiteEstimators,
  type WeightSignal,
  showEstimator,
} from './bounds/estimators/estimator.js';
export { gumbelSoftmax } from './bounds/estimators/gumbel-softmax.js';
export { implicit } from './bounds/estimators/implicit.js';
export { measureValued } from './bounds/estimators/measure-valued.js';
export { pathwise } from './bounds/estimators/pathwise.js';
export type { Temperature } from './bounds/estimators/relaxed-draw.js';
export { type ScoreOptions, scoreFunction } from './bounds/estimators/score-function.js';
export { straightThrough } from './bounds/estimators/straight-through.js';
export { estimateWeights } from './bounds/weights/estimate-weights.js';
export { logPowerMean } from './bounds/weights/log-power-mean.js';
export { logDensities, logWeights, sumOverData } from './bounds/weights/log-weights.js';
export {
  type Kernel,
  gaussianKernel,
  inverseMultiquadric,
  maximumMeanDiscrepancy,
} from './bounds/maximum-mean-discrepancy.js';
export { normalisedWeights, weightedMean } from './bounds/weights/normalised-weights.js';
export { weightedScores } from './bounds/weights/weighted-scores.js';
export type { Joint, JointSource } from './bounds/joint.js';
export type { Memory } from './bounds/memory.js';
export { type Rescoring, rescored } from './bounds/estimators/rescored.js';
export type { Environment } from './interpreters/environment.js';
export {
  type Trace,
  type TraceSite,
  replay,
  score,
  simulate,
  trace,
} from './interpreters/trace.js';
export type { NoiseSource } from './random/noise-source.js';
export { keyedNoise } from './random/noise-source.js';
export type { ParamValues, Params } from './interpreters/params.js';
export { type SviSpec, svi } from './inference/svi.js';
export { type SviState, paramValues, stateTensors } from './inference/svi-state.js';
export type { SviMetrics, ObjectiveMetrics } from './inference/metrics.js';
export type { Svi } from './inference/inference.js';
export type { ParamGroup } from './inference/phases/param-group.js';
export { type Assignment, assign } from './inference/phases/assign.js';
export {
  type PacedPhase,
  type PhaseEntry,
  type PhasesOptions,
  phases,
} from './inference/phases/phases.js';
export {
  type Optimizer,
  type OptimizerState,
  type OptimizerUpdate,
  chain,
} from './inference/optimizer.js';
export { type AdamOptions, adam, scaleByAdam } from './inference/optimizers/adam.js';
export { clipByGlobalNorm } from './inference/optimizers/clip.js';
export { type PlateauOptions, reduceOnPlateau } from './inference/optimizers/plateau.js';
export { type RmspropOptions, rmsprop, scaleByRms } from './inference/optimizers/rmsprop.js';
export {
  type Schedule,
  cosineDecay,
  exponentialDecay,
  linearSchedule,
  scaleByLearningRate,
  warmup,
} from './inference/optimizers/schedule.js';
export { type MomentumOptions, momentumTrace, sgd } from './inference/optimizers/sgd.js';
export {
  type Key,
  bernoulliBits,
  draw,
  foldIn,
  gumbels,
  key,
  normals,
  permutation,
  split,
  uniforms,
} from './random/index.js';
export {
  type BackendError,
  type BackendName,
  backends,
  showBackendError,
  useBackend,
} from './backend/backend.js';
export { latex, showDerivation } from './bounds/notation/show.js';
export type { BatchArrays } from './compile/container.js';
export { stepsPerEpoch } from './inference/data/batches.js';
export { bernoulliRows } from './inference/data/bernoulli-rows.js';
export { type Dataset, gatherRows, rowsOf, writeRows } from './inference/data/dataset.js';
export { sideBySide } from './inference/data/side-by-side.js';
export { zipped } from './inference/data/zipped.js';
export { type EvidenceOptions, evidence } from './evidence/evidence.js';
export type { Evidence, SamplingOptions } from './evidence/log-evidence.js';
export {
  type BoundOptions,
  type Evaluated,
  type Evaluator,
  evaluator,
} from './inference/evaluator.js';
export { fit } from './inference/training/fit.js';
export { freeState } from './inference/stepper.js';
export { type NonFinite, explainNonFinite } from './inference/non-finite/non-finite.js';
export type { NonFiniteInput, NonFiniteReason } from './inference/non-finite/non-finite-reason.js';
export { showNonFinite } from './inference/non-finite/show-non-finite.js';
export type { HeldOut } from './inference/training/held-out-data.js';
export type { Progress } from './inference/training/progress.js';
export { type PredictiveOptions, predictive } from './inference/predictive.js';
export { type Predictor, type PredictorSpec, predictor } from './inference/predictor.js';
export type { During, FitError, Fitted, Threw, Trouble } from './inference/training/fit-error.js';
export type { Checkpointing, FitOptions, SaveInterval } from './inference/training/fit-options.js';
export type { Length } from './inference/training/length.js';
export { training } from './inference/training/training.js';
export { type Enumerated, enumerate } from './interpreters/enumerate.js';
export {
  type SiteChange,
  type SiteJson,
  traceDiff,
  traceTable,
  traceToJson,
} from './interpreters/trace-report.js';
export {
  type CheckpointError,
  type Notes,
  loadCheckpoint,
  readNotes,
  saveCheckpoint,
  showCheckpointError,
} from './io/checkpoints/checkpoint.js';
export { type FileError, showFileError } from './io/files/file-error.js';
export { tryFolder } from './io/files/folder.js';
export {
  type IdxArray,
  type IdxError,
  type IdxImages,
  decodeIdx,
  readIdx,
  readImages,
  readImagesIn,
  showIdxError,
} from './io/idx/read-idx.js';
export { type FileContent, saveFile } from './io/files/save-file.js';
export { type ProgressBar, type ProgressBarOptions, progressBar } from './io/progress-bar.js';
export {
  type CompileError,
  type CompileOptions,
  type CompiledFunction,
  type Executor,
  compile,
  graphOf,
} from './compile/compile.js';
export { type Graph, countKernels, showGraph } from './compile/graph/graph.js';
export { showExecutableError } from './compile/executable.js';
export { type ExportError, exportOnnx } from './io/onnx-file.js';
export { showFitError } from './io/show-fit-error.js';
export type { Engine, EngineOptions } from './inference/compiled/engine.js';
export { type LintOptions, lint } from './lint/lint.js';
export {
  type Finding,
  LintError,
  type LintRule,
  type Severity,
  showFinding,
  showLint,
} from './lint/finding.js';
export {
  type Bracket,
  type BracketBound,
  type BracketEnd,
  type BracketOptions,
  type BracketSampling,
  type Holds,
} from './evidence/bracket.js';
export type { BidirectionalOptions } from './evidence/bidirectional.js';
export { type BracketPlotOptions, bracketPlot } from './evidence/bracket-plot.js';
export { showBracket } from './evidence/show-bracket.js';
export type { PosteriorDraws } from './evidence/draw-weights.js';
export {
  type ParetoVerdict,
  type SmoothedWeights,
  paretoK,
  paretoThreshold,
  paretoVerdict,
  psis,
} from './evidence/psis.js';
export {
  type Calibration,
  type CalibrationOptions,
  type CalibrationSpec,
  type CalibrationVerdict,
  type FittedGuide,
  type QuantityCalibration,
  simulationBasedCalibration,
} from './diagnostics/simulation-based-calibration.js';
export { type TestResult, symmetryTest, uniformityTest } from './diagnostics/rank-tests.js';
export { type TwoSampleOptions, twoSampleTest } from './diagnostics/two-sample-test.js';
export {
  type CheckOptions,
  type Statistic,
  type StatisticCheck,
  posteriorPredictiveCheck,
} from './diagnostics/posterior-predictive-check.js';
export {
  type Convergence,
  type ConvergenceOptions,
  type ConvergenceVerdict,
  convergence,
} from './diagnostics/convergence.js';
export {
  type Differentiated,
  type ValueAndGrad,
  grad,
  hessian,
  jacobian,
  valueAndGrad,
  vmap,
} from './transform/grad.js';
