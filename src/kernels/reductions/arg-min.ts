/** The place of the smallest element along an axis. */
import { smallest } from './elements.js';
import { position } from './position.js';

export const argMin = position('ArgMin', smallest);
