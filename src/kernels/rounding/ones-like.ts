/** 1 at each place of x. */
import { elementwise } from '../elementwise.js';
import { shapeAlone } from '../reach.js';

export const onesLike = elementwise({
  name: 'OnesLike',
  vjp: 'zero',
  reach: shapeAlone,
  scalar: () => '1',
});
