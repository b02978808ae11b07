/** What an example of the gallery is made of. */
export { type Check, atLeast, atMost, shown, within } from './check.js';
export type { Example, FitTask, Setting, Shown } from './example.js';
export { measuring, squaredError } from './measuring.js';
