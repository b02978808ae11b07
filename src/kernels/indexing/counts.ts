/** How executors count whole numbers, or add up their weights. */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import type { Translation } from '../../code/onnx/builder.js';
import { cast } from '../../code/onnx/casting.js';
import { reshaped } from '../../code/onnx/moves.js';
import type { Kernel, Value } from '../kernel.js';
import { type Sums, type SumsSite, addedAt, sumElement, sumWhole } from './sums.js';

const sums = ({ read, value, attributes }: SumsSite): Sums => {
  const isBinary = attributes['binaryOutput'] === true;
  const isWeighed = sizeOf(value('weights').shape) > 0 && !isBinary;
  return {
    ids: 'x',
    amount: (block, at) => (isWeighed ? read(block, 'weights', at) : '1'),
    ...(isBinary && { stored: (total: string) => `Math.min(${total}, 1)` }),
  };
};

/** The numbers of each row are those of a table of their own. */
const onnx: Translation = ({ b, at, value, out, attributes }) => {
  const size = out.shape.at(-1) ?? 0;
  const rows = sizeOf(out.shape.slice(0, -1));
  const count = sizeOf(value('x').shape);
  if (out.dtype === 'bool' || size === 0 || count === 0) return undefined;
  const whole = (values: readonly number[], shape: readonly number[] = []): string =>
    b.constant('int32', shape, values);
  const isBinary = attributes['binaryOutput'] === true;
  const isWeighed = sizeOf(value('weights').shape) > 0 && !isBinary;
  const ids = reshaped(b, cast(b, at('x'), 'int32'), [rows, count / rows]);
  const inside = b.op('And', [
    b.op('GreaterOrEqual', [ids, whole([0])]),
    b.op('Less', [ids, whole([size])]),
  ]);
  const starts = whole(
    Array.from({ length: rows }, (_, row) => row * size),
    [rows, 1],
  );
  const places = b.op('Where', [inside, b.op('Add', [ids, starts]), whole([0])]);
  const amounts = isWeighed
    ? reshaped(b, at('weights'), [rows, count / rows])
    : b.constant(out.dtype, [], [1]);
  const kept = b.op('Where', [inside, amounts, b.constant(out.dtype, [], [0])]);
  const where = b.op('Unsqueeze', [cast(b, places, 'int64'), b.ints([2])]);
  const table = { shape: [rows * size], dtype: out.dtype };
  const totals = reshaped(b, addedAt(b, table, where, kept, count), out.shape);
  return isBinary ? b.op('Min', [totals, b.constant(out.dtype, [], [1])]) : totals;
};

const rowsBefore = ({ shape }: Value): number => shape.length - 1;

export const counted: Pick<Kernel, 'work' | 'onnx' | 'element' | 'whole'> = {
  work: 'scatter',
  onnx,
  element: sumElement(sums, rowsBefore),
  whole: sumWhole(sums, rowsBefore),
};
