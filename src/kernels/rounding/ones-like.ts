/** 1 at each place of x. */
import { elementwise } from '../elementwise.js';

export const onesLike = elementwise({
  name: 'OnesLike',
  vjp: 'zero',
  scalar: () => '1',
});
