/** Whether a ≥ b. */
import { elementwise } from '../elementwise.js';

export const greaterEqual = elementwise({
  name: 'GreaterEqual',
  dtype: 'bool',
  vjp: 'zero',
});
