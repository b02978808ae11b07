/** 0 at each place of x. */
import { elementwise } from '../elementwise.js';
import { shapeAlone } from '../reach.js';

export const zerosLike = elementwise({
  name: 'ZerosLike',
  vjp: 'zero',
  reach: shapeAlone,
  scalar: () => '0',
});
