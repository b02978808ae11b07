/** The place of the largest element along an axis. */
import { largest } from '../../code/javascript/block.js';
import { position } from './position.js';

export const argMax = position('ArgMax', largest);
