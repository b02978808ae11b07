/** 1 above 0, −1 below, and 0 at 0 and for NaN. */
import { elementwise } from '../elementwise.js';

export const sign = elementwise({
  name: 'Sign',
  vjp: 'zero',
});
