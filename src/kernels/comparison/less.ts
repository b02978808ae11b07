/** Whether a < b. */
import { elementwise } from '../elementwise.js';

export const less = elementwise({
  name: 'Less',
  dtype: 'bool',
  vjp: 'zero',
});
