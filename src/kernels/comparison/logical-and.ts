/** Whether both a and b are true. */
import { elementwise } from '../elementwise.js';

export const logicalAnd = elementwise({
  name: 'LogicalAnd',
  dtype: 'bool',
  vjp: 'zero',
});
