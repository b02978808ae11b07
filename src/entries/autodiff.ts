/** Derivatives and batching of pure functions of tensors. The entry `marginalia/autodiff`. */
import '../backend/on-import.js';
export { stopGradient, withGradient } from '../../dsl/tensors/gradient.js';
export * from '../transform/grad.js';
