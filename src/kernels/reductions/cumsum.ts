/** Running sums along an axis. */
import * as tf from '@tensorflow/tfjs';
import { sum } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import { flatten } from '../../code/javascript/indexing.js';
import { blockIn, nest } from '../../code/javascript/loop-block.js';
import type { WholeRule } from '../../code/javascript/whole-rule.js';
import { type Translation, int } from '../../code/onnx/builder.js';
import { cast, converted } from '../../code/onnx/casting.js';
import type { Vjp } from '../kernel.js';
import { running, runningOf } from './running.js';

const vjp: Vjp = ({ dy, attributes }) => {
  const { axis, exclusive, reverse } = runningOf(attributes);
  return tf.cumsum(dy, axis, exclusive, !reverse);
};

const onnx: Translation = ({ b, at, value, out, attributes }) => {
  const { axis, exclusive, reverse } = runningOf(attributes);
  const x = converted(b, at('x'), value('x').dtype, out.dtype);
  const real = out.dtype === 'float32';
  // In float32 each sum would be as far off as all before it together.
  const sums = b.op('CumSum', [real ? cast(b, x, 'float64') : x, b.constant('int64', [], [axis])], {
    exclusive: int(exclusive),
    reverse: int(reverse),
  });
  return real ? cast(b, sums, 'float32') : sums;
};

const element: ElementRule = ({ read, value, attributes }, block, index) => {
  const { axis, exclusive, reverse } = runningOf(attributes);
  const i = index[axis] ?? 0;
  const compare = `${reverse ? '>' : '<'}${exclusive ? '' : '='}`;
  return block.fold(sum, [value('x').shape[axis] ?? 1], ([k = 0], b) =>
    b.name(`(${k} ${compare} ${i} ? ${read(b, 'x', index.with(axis, k))} : 0)`),
  );
};

/** Each sum from the one before. */
const whole: WholeRule = ({ read, value, attributes, out, store }, code) => {
  const { shape } = value('x');
  const { axis, exclusive, reverse } = runningOf(attributes);
  const count = shape[axis] ?? 1;
  nest(code, shape.with(axis, 1), (index) => {
    const [total, k] = [code.fresh('s'), code.fresh('i')];
    code.lines.push(`let ${total} = 0;`, `for (let ${k} = 0; ${k} < ${count}; ${k}++) {`);
    const at = index.with(axis, reverse ? `(${count - 1} - ${k})` : k);
    const x = read(blockIn(code), 'x', at);
    const place = flatten(at, out.shape);
    if (exclusive) store(place, total);
    code.lines.push(`${total} += ${x};`);
    if (!exclusive) store(place, total);
    code.lines.push('}');
  });
};

export const cumsum = running('Cumsum', { x: vjp }, { onnx, element, whole });
