/** Laws as properties of fast-check. */
export { type Counterexample, CounterexampleError } from './counterexample.js';
export type { AnyLaw, Law, OneOrMore } from './named-laws.js';
export { type PropertyOptions, asyncProperty, property } from './property.js';
export { type ReplayOptions, replayCounterexample } from './replay-counterexample.js';
export { saveCounterexample, savingTo } from './save-counterexample.js';
export type { Seeded } from './seeded-cases.js';
