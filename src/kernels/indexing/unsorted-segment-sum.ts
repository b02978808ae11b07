/** Σ of the rows of each segment; rows whose segment is not there are dropped. */
import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { numberOf } from '../../graph/attributes.js';
import type { Translation } from '../../code/onnx/builder.js';
import { cast, converted } from '../../code/onnx/casting.js';
import { reshaped } from '../../code/onnx/moves.js';
import type { BatchRule, Kernel } from '../kernel.js';
import { inOneTable, rowsOf } from './segments.js';
import { type Sums, type SumsSite, addedAt, sumElement, sumWhole } from './sums.js';

/** The segments of all draws are those of one table, [size × numSegments, …]. */
const batch: BatchRule = ({ size, spread, value, again, attributes, outs: [out] }) => {
  const count = numberOf(attributes['numSegments'], 0);
  const segments = value('segmentIds').shape;
  const rows = size * sizeOf(segments);
  const rest = value('x').shape.slice(segments.length);
  const [sums = spread('x')] = again(
    {
      x: tf.reshape(spread('x'), [rows, ...rest]),
      segmentIds: tf.reshape(inOneTable(spread('segmentIds'), size, count), [rows]),
    },
    { numSegments: size * count },
  );
  return tf.reshape(sums, [size, ...(out?.shape ?? [])]);
};

const onnx: Translation = ({ b, at, value, out }) => {
  const { shape } = value('segmentIds');
  const ids = at('segmentIds');
  const [segments = 0] = out.shape;
  const none = b.constant('int32', [], [0]);
  const inside = b.op('And', [
    b.op('GreaterOrEqual', [ids, none]),
    b.op('Less', [ids, b.constant('int32', [], [segments])]),
  ]);
  const rows = converted(b, at('x'), value('x').dtype, 'float32');
  const row = reshaped(b, inside, [...shape, ...out.shape.slice(1).map(() => 1)]);
  const kept = b.op('Where', [row, rows, b.scalar(0)]);
  const indices = cast(b, b.op('Where', [inside, ids, none]), 'int64');
  const where = b.op('Unsqueeze', [indices, b.ints([shape.length])]);
  return addedAt(b, out, where, kept, sizeOf(shape));
};

const sums = ({ read }: SumsSite): Sums => ({
  ids: 'segmentIds',
  amount: (block, at, rest) => read(block, 'x', [...at, ...rest]),
});

export const unsortedSegmentSum: Kernel = {
  name: 'UnsortedSegmentSum',
  work: 'scatter',
  canonical: ({ numSegments }) => ({ numSegments: numberOf(numSegments, 0) }),
  shape: ({ x, segmentIds }, { numSegments }) =>
    x &&
    segmentIds && {
      shape: [numberOf(numSegments, 0), ...x.shape.slice(segmentIds.shape.length)],
      dtype: 'float32',
    },
  vjp: { x: ({ dy, at }) => rowsOf(dy, at('segmentIds')) },
  batch,
  onnx,
  element: sumElement(sums, () => 0),
  whole: sumWhole(sums, () => 0),
};
