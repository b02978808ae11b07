/** Arrays one after another along an axis. */
import * as tf from '@tensorflow/tfjs';
import { axisIn, numberOf } from '../../graph/attributes.js';
import type { Block } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import { minus } from '../../code/javascript/indexing.js';
import { int } from '../../code/onnx/builder.js';
import type { Inputs, Kernel, Vjp } from '../kernel.js';

const axisAmong = (axis: unknown, inputs: Inputs): number =>
  axisIn(axis, Object.values(inputs)[0]?.shape ?? []);

const vjp: Vjp = ({ dy, at, inputs, attributes }, input) => {
  const axis = numberOf(attributes['axis'], 0);
  const before = inputs
    .slice(0, inputs.indexOf(input))
    .reduce((sum, name) => sum + (at(name).shape[axis] ?? 1), 0);
  const { shape } = at(input);
  return tf.slice(
    dy,
    shape.map((_, i) => (i === axis ? before : 0)),
    shape,
  );
};

/** Which of the arrays an index lies in is found from the first on. */
const element: ElementRule = ({ read, value, inputs, attributes }, block, index) => {
  const axis = numberOf(attributes['axis'], 0);
  const i = index[axis] ?? 0;
  const from = (b: Block, part: number, start: number): string => {
    const name = inputs[part] ?? '0';
    const here = (inner: Block): string => read(inner, name, index.with(axis, minus(i, start)));
    if (part === inputs.length - 1) return here(b);
    const end = start + (value(name).shape[axis] ?? 1);
    return b.below(i, end, here, (inner) => from(inner, part + 1, end));
  };
  return from(block, 0, 0);
};

export const concat: Kernel = {
  name: 'Concat',
  work: 'move',
  canonical: ({ axis }, inputs) => ({ axis: axisAmong(axis, inputs) }),
  shape: (inputs, { axis }) => {
    const all = Object.values(inputs);
    const [first] = all;
    const at = axisAmong(axis, inputs);
    const length = all.reduce((sum, { shape }) => sum + (shape[at] ?? 1), 0);
    return first && { shape: first.shape.with(at, length), dtype: first.dtype };
  },
  vjp,
  batch: ({ inputs, spread, again, attributes }) =>
    again(Object.fromEntries(inputs.map((name) => [name, spread(name)])), {
      axis: numberOf(attributes['axis'], 0) + 1,
    }),
  onnx: ({ b, all, attributes }) =>
    b.op('Concat', all, { axis: int(numberOf(attributes['axis'], 0)) }),
  element,
};
