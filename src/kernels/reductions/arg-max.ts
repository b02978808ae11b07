/** The place of the largest element along an axis. */
import { position } from './position.js';

export const argMax = position('ArgMax');
