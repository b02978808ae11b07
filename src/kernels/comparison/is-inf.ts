/** Whether x is +∞ or −∞. */
import { elementwise } from '../elementwise.js';

export const isInf = elementwise({
  name: 'IsInf',
  dtype: 'bool',
  vjp: 'zero',
});
