/** Whether a ≠ b. */
import { elementwise } from '../elementwise.js';

export const notEqual = elementwise({
  name: 'NotEqual',
  dtype: 'bool',
  vjp: 'zero',
});
