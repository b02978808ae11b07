/** The largest whole number that is not above x. */
import { elementwise } from '../elementwise.js';

export const floor = elementwise({
  name: 'Floor',
  vjp: 'zero',
});
