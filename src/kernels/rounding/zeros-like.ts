/** 0 at each place of x. */
import { elementwise } from '../elementwise.js';

export const zerosLike = elementwise({
  name: 'ZerosLike',
  vjp: 'zero',
  scalar: () => '0',
});
