/** Whether x is false. */
import { elementwise } from '../elementwise.js';

export const logicalNot = elementwise({
  name: 'LogicalNot',
  dtype: 'bool',
  vjp: 'zero',
});
