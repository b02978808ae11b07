/** The smallest whole number that is not below x. */
import { elementwise } from '../elementwise.js';

export const ceil = elementwise({
  name: 'Ceil',
  vjp: 'zero',
});
