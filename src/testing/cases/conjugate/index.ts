/** Conjugate models with exact answers. */
export {
  type ConjugatePair,
  type ConjugatePairOptions,
  conjugatePairFromSketch,
  conjugatePairs,
} from './conjugate-pairs.js';
