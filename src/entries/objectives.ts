/** Objectives, and what new ones are made of. The entry `marginalia/objectives`. */
import '../backend/on-import.js';
export * from '../bounds/derivation.js';
export { derive } from '../bounds/derive.js';
export { estimateTerms } from '../bounds/estimate.js';
export { type Rescoring, rescored } from '../bounds/estimators/rescored.js';
export type { GuideFit } from '../bounds/fit/fit.js';
export type { Joint, JointSource } from '../bounds/joint.js';
export * from '../bounds/maximum-mean-discrepancy.js';
export type { Meaning, Requirements } from '../bounds/meaning.js';
export type { Carry } from '../bounds/carry.js';
export { type Misfit, GuideMisfitError, showMisfit } from '../bounds/misfit.js';
export type { Formula, Notation } from '../bounds/notation/notation.js';
export { derivationToLatex, showDerivation } from '../bounds/notation/show.js';
export * from '../bounds/objective.js';
export { type Beta, type BetaElboOptions, betaElbo } from '../bounds/objectives/beta-elbo.js';
export { type CuboOptions, cubo } from '../bounds/objectives/cubo.js';
export { type ElboOptions, elbo } from '../bounds/objectives/elbo.js';
export { type EuboOptions, eubo } from '../bounds/objectives/eubo.js';
export { type InfoVaeOptions, infoVae } from '../bounds/objectives/info-vae.js';
export { iwae } from '../bounds/objectives/iwae.js';
export {
  type Losses,
  type MinimizeOptions,
  type Minimized,
  expectation,
  minimize,
} from '../bounds/objectives/minimize.js';
export type { WeightsOptions } from '../bounds/objectives/options.js';
export * from '../bounds/objectives/penalized.js';
export { type RenyiOptions, renyi } from '../bounds/objectives/renyi.js';
export { type TailAdaptiveOptions, tailAdaptive } from '../bounds/objectives/tail-adaptive.js';
export { type VarGradOptions, varGrad } from '../bounds/objectives/var-grad.js';
export { type VimcoOptions, vimco } from '../bounds/objectives/vimco.js';
export * from '../bounds/objectives/wake-sleep.js';
export { estimateWeights } from '../bounds/weights/estimate-weights.js';
export { logPowerMean } from '../bounds/weights/log-power-mean.js';
export { logDensities, logWeights, sumOverData } from '../bounds/weights/log-weights.js';
export { normalisedWeights, weightedMean } from '../bounds/weights/normalised-weights.js';
export { weightedScores } from '../bounds/weights/weighted-scores.js';
