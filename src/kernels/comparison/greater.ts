/** Whether a > b. */
import { elementwise } from '../elementwise.js';

export const greater = elementwise({
  name: 'Greater',
  dtype: 'bool',
  vjp: 'zero',
});
