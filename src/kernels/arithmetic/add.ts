/** a + b. */
import { elementwise } from '../elementwise.js';

export const add = elementwise({
  name: 'Add',
  vjp: { a: ({ dy }) => dy, b: ({ dy }) => dy },
});
