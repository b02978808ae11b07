/** Whether a or b is true. */
import { elementwise } from '../elementwise.js';

export const logicalOr = elementwise({
  name: 'LogicalOr',
  dtype: 'bool',
  vjp: 'zero',
});
