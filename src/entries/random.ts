/** Keys, and numbers drawn from them. The entry `marginalia/random`. */
import '../backend/on-import.js';
export * from '../random/index.js';
export { type NoiseSource, keyedNoise } from '../random/noise-source.js';
