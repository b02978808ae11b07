/** Where each value belongs in a sorted row, before what equals it or after. */
import * as tf from '@tensorflow/tfjs';
import { sum } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import { flatten } from '../../code/javascript/indexing.js';
import { blockIn, nest } from '../../code/javascript/loop-block.js';
import type { WholeRule } from '../../code/javascript/whole-rule.js';
import { type Translation, int } from '../../code/onnx/builder.js';
import { cast } from '../../code/onnx/casting.js';
import type { Kernel } from '../kernel.js';

const isRight = ({ side }: Readonly<Record<string, unknown>>): boolean => side === 'right';

/** How many are before the value. */
const onnx: Translation = ({ b, at, attributes }) => {
  const before = b.op(isRight(attributes) ? 'LessOrEqual' : 'Less', [
    b.op('Unsqueeze', [at('sortedSequence'), b.ints([1])]),
    b.op('Unsqueeze', [at('values'), b.ints([2])]),
  ]);
  return b.op('ReduceSum', [cast(b, before, 'int32'), b.ints([2])], { keepdims: int(false) });
};

const element: ElementRule = ({ read, value, attributes }, block, index) => {
  const [row = 0] = index;
  const sought = read(block, 'values', index);
  const compare = isRight(attributes) ? '<=' : '<';
  return block.fold(sum, value('sortedSequence').shape.slice(1), ([k = 0], b) =>
    b.name(`(${read(b, 'sortedSequence', [row, k])} ${compare} ${sought} ? 1 : 0)`),
  );
};

/** By halves. */
const whole: WholeRule = ({ read, value, attributes, out, store }, code) => {
  const [, count = 0] = value('sortedSequence').shape;
  const compare = isRight(attributes) ? '<=' : '<';
  nest(code, out.shape, (index) => {
    const [row = 0] = index;
    const sought = read(blockIn(code), 'values', index);
    const [low, high, half] = [code.fresh('s'), code.fresh('s'), code.fresh('v')];
    code.lines.push(
      `let ${low} = 0, ${high} = ${count};`,
      `while (${low} < ${high}) {`,
      `const ${half} = (${low} + ${high}) >> 1;`,
    );
    const there = read(blockIn(code), 'sortedSequence', [row, half]);
    code.lines.push(
      `if (${there} ${compare} ${sought}) ${low} = ${half} + 1; else ${high} = ${half};`,
      '}',
    );
    store(flatten(index, out.shape), low);
  });
};

export const searchSorted: Kernel = {
  name: 'SearchSorted',
  canonical: ({ side }) => ({ side: side === 'right' ? 'right' : 'left' }),
  shape: ({ values }) => values && { shape: values.shape, dtype: 'int32' },
  vjp: 'zero',
  batch: ({ size, spread, value, again, attributes, outs: [out] }) => {
    const joined = (input: string) => {
      const [rows = 1, length = 1] = value(input).shape;
      return tf.reshape(spread(input), [size * rows, length]);
    };
    const [found = spread('values')] = again(
      { sortedSequence: joined('sortedSequence'), values: joined('values') },
      attributes,
    );
    return tf.reshape(found, [size, ...(out?.shape ?? [])]);
  },
  onnx,
  element,
  whole,
};
