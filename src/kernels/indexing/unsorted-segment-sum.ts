/** Σ of the rows of each segment; rows whose segment is not there are dropped. */
import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/shape.js';
import { numberOf } from '../../compile/attributes.js';
import type { BatchRule, Kernel } from '../kernel.js';
import { inOneTable, rowsOf } from './segments.js';

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
};
