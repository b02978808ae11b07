/** Whether x is a number, and finite. */
import { elementwise } from '../elementwise.js';

export const isFinite = elementwise({
  name: 'IsFinite',
  dtype: 'bool',
  vjp: 'zero',
});
