/** Arrays of one shape, stacked along an axis of their own. */
import * as tf from '@tensorflow/tfjs';
import { numberOf } from '../../graph/attributes.js';
import type { Block } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import { int } from '../../code/onnx/builder.js';
import type { Inputs, Kernel, Vjp } from '../kernel.js';

const axisAmong = (axis: unknown, inputs: Inputs): number => {
  const given = numberOf(axis, 0);
  return given < 0 ? given + (Object.values(inputs)[0]?.shape.length ?? 0) + 1 : given;
};

const vjp: Vjp = ({ dy, at, inputs, attributes }, input) => {
  const axis = numberOf(attributes['axis'], 0);
  const part = tf.slice(
    dy,
    dy.shape.map((_, i) => (i === axis ? inputs.indexOf(input) : 0)),
    dy.shape.with(axis, 1),
  );
  return tf.reshape(part, at(input).shape);
};

const element: ElementRule = ({ read, inputs, attributes }, block, index) => {
  const axis = numberOf(attributes['axis'], 0);
  const inner = index.toSpliced(axis, 1);
  const from = (b: Block, part: number): string => {
    const here = (c: Block): string => read(c, inputs[part] ?? '0', inner);
    return part === inputs.length - 1
      ? here(b)
      : b.below(index[axis] ?? 0, part + 1, here, (c) => from(c, part + 1));
  };
  return from(block, 0);
};

export const pack: Kernel = {
  name: 'Pack',
  work: 'move',
  canonical: ({ axis }, inputs) => ({ axis: axisAmong(axis, inputs) }),
  shape: (inputs, { axis }) => {
    const all = Object.values(inputs);
    const [first] = all;
    return (
      first && {
        shape: first.shape.toSpliced(axisAmong(axis, inputs), 0, all.length),
        dtype: first.dtype,
      }
    );
  },
  vjp,
  batch: ({ inputs, spread, again, attributes }) =>
    again(Object.fromEntries(inputs.map((name) => [name, spread(name)])), {
      axis: numberOf(attributes['axis'], 0) + 1,
    }),
  onnx: ({ b, all, attributes }) => {
    const axis = numberOf(attributes['axis'], 0);
    const wide = all.map((x) => b.op('Unsqueeze', [x, b.ints([axis])]));
    return b.op('Concat', wide, { axis: int(axis) });
  },
  element,
};
