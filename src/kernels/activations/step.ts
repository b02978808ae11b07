/** 1 above 0 and α elsewhere, but NaN stays NaN. */
import { elementwise } from '../elementwise.js';

export const step = elementwise({
  name: 'Step',
  vjp: 'zero',
});
