/** x. */
import { elementwise } from '../elementwise.js';

export const identity = elementwise({
  name: 'Identity',
  vjp: { x: ({ dy }) => dy },
});
