/** The largest element along some axes. */
import { largest } from '../../code/javascript/block.js';
import { folded } from './elements.js';
import { extreme } from './extreme.js';
import { extremeBy } from './onnx.js';

export const max = extreme('Max', 'reductionIndices', {
  onnx: extremeBy('ReduceMax'),
  element: folded(largest),
});
