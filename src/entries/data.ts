/** Data sets, their batches, and IDX files. The entry `marginalia/data`. */
import '../backend/on-import.js';
export type { BatchArrays } from '../compile/container.js';
export { stepsPerEpoch } from '../data/batches.js';
export { bernoulliRows } from '../data/bernoulli-rows.js';
export { type Dataset, gatherRows, rowsOf, writeRows } from '../data/dataset.js';
export { sideBySide } from '../data/side-by-side.js';
export { zipped } from '../data/zipped.js';
export * from '../io/idx/read-idx.js';
