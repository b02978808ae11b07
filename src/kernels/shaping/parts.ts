/** Parts of an array along an axis, one after another, in operators of ONNX; they may lose the axis. */
import { numberOf } from '../../graph/attributes.js';
import type { Translation } from '../../code/onnx/builder.js';
import { reshaped } from '../../code/onnx/moves.js';

export const partsOf =
  (source: string): Translation =>
  ({ b, at, value, attributes, outs }) => {
    const { shape: whole } = value(source);
    const axis = numberOf(attributes['axis'], 0);
    let from = 0;
    return outs.map(({ shape }) => {
      const keeps = shape.length === whole.length;
      const to = from + (keeps ? (shape[axis] ?? 1) : 1);
      const part = b.op('Slice', [at(source), b.ints([from]), b.ints([to]), b.ints([axis])]);
      from = to;
      return keeps ? part : reshaped(b, part, shape);
    });
  };
