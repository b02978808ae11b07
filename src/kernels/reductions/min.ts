/** The smallest element along some axes. */
import { folded, smallest } from './elements.js';
import { extreme } from './extreme.js';
import { extremeBy } from './onnx.js';

export const min = extreme('Min', 'axis', {
  onnx: extremeBy('ReduceMin'),
  element: folded(smallest),
});
