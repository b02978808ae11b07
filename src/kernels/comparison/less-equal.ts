/** Whether a ≤ b. */
import { elementwise } from '../elementwise.js';

export const lessEqual = elementwise({
  name: 'LessEqual',
  dtype: 'bool',
  vjp: 'zero',
});
