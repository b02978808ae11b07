/** ⌊a / b⌋. */
import { elementwise } from '../elementwise.js';

export const floorDiv = elementwise({
  name: 'FloorDiv',
  dtype: 'int32',
  vjp: 'zero',
});
