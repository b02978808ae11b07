/** The place of the smallest element along an axis. */
import { position } from './position.js';

export const argMin = position('ArgMin');
