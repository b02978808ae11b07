/** The smallest element along some axes. */
import { extreme } from './extreme.js';

export const min = extreme('Min', 'axis');
