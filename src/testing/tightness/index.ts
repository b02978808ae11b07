/** How tight bounds are over generated models. */
export type { Gap } from './gap.js';
export { showTightness } from './show-tightness.js';
export { type TightnessPlotOptions, tightnessPlot } from './tightness-plot.js';
export {
  type ModelGaps,
  type ObjectiveGaps,
  type Tightness,
  type TightnessOptions,
  tightness,
} from './tightness.js';
