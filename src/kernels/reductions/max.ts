/** The largest element along some axes. */
import { extreme } from './extreme.js';

export const max = extreme('Max', 'reductionIndices');
