/** Data sets, their batches, and IDX files. The entry `marginalia/data`. */
import '../backend/on-import.js';
export type { BatchArrays } from '../compile/container.js';
export { stepsPerEpoch } from '../inference/data/batches.js';
export { bernoulliRows } from '../inference/data/bernoulli-rows.js';
export { type Dataset, gatherRows, rowsOf, writeRows } from '../inference/data/dataset.js';
export { sideBySide } from '../inference/data/side-by-side.js';
export { zipped } from '../inference/data/zipped.js';
export * from '../io/idx/read-idx.js';
