/** Whether x is no number. */
import { elementwise } from '../elementwise.js';

export const isNan = elementwise({
  name: 'IsNan',
  dtype: 'bool',
  vjp: 'zero',
});
