/** Log evidence, bounds on it, and whether to believe them. The entry `marginalia/evidence`. */
import '../backend/on-import.js';
export type { BidirectionalOptions } from '../evidence/bidirectional.js';
export { type BracketPlotOptions, bracketPlot } from '../pictures/bracket-plot.js';
export type {
  Bracket,
  BracketBound,
  BracketEnd,
  BracketOptions,
  BracketSampling,
} from '../evidence/bracket.js';
export type { PosteriorDraws } from '../evidence/draw-weights.js';
export { type EvidenceOptions, evidence } from '../evidence/evidence.js';
export type { Evidence, SamplingOptions } from '../evidence/log-evidence.js';
export {
  type SmoothedWeights,
  paretoK,
  paretoThreshold,
  paretoVerdict,
  psis,
} from '../evidence/psis.js';
export { showBracket } from '../evidence/show-bracket.js';
