/** Whether a = b. */
import { elementwise } from '../elementwise.js';

export const equal = elementwise({
  name: 'Equal',
  dtype: 'bool',
  vjp: 'zero',
});
