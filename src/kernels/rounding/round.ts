/** The nearest whole number, the even one of two. */
import { elementwise } from '../elementwise.js';

export const round = elementwise({
  name: 'Round',
  vjp: 'zero',
});
