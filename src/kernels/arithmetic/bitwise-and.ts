/** The bits that two whole numbers share. */
import { elementwise } from '../elementwise.js';

export const bitwiseAnd = elementwise({
  name: 'BitwiseAnd',
  vjp: 'zero',
});
