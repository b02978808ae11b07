/** Rows added up where they are put at one place, in double precision and rounded once. */
import type * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { numberOf, numbers } from '../../graph/attributes.js';
import {
  type MendedKernel,
  type NumericType,
  type Numbers,
  inputOf,
  numericType,
  zerosOf,
} from './host.js';

/** Σ of the rows of each place; a row whose place is `undefined` is dropped. */
const summed = (
  rows: Numbers,
  width: number,
  count: number,
  placeOf: (row: number) => number | undefined,
  places: number,
  dtype: NumericType,
): Numbers => {
  const totals = new Float64Array(places * width);
  for (let i = 0; i < count; i += 1) {
    const place = placeOf(i);
    if (place === undefined) continue;
    for (let j = 0; j < width; j += 1) {
      const at = place * width + j;
      totals[at] = (totals[at] ?? 0) + (rows[i * width + j] ?? 0);
    }
  }
  const out = zerosOf(dtype, totals.length);
  out.set(totals);
  return out;
};

/** out[s] = Σ x[i] over the rows i with segment s; rows with a segment that is not there are dropped. */
export const unsortedSegmentSum: MendedKernel = (host, inputs, attributes) => {
  const [x, segmentIds] = [inputOf(inputs, 'x'), inputOf(inputs, 'segmentIds')];
  const segments = numberOf(attributes['numSegments'], 0);
  const shape = [segments, ...x.shape.slice(segmentIds.shape.length)];
  const ids = host.read(segmentIds);
  const segmentOf = (row: number): number | undefined => {
    const segment = ids[row] ?? -1;
    return segment >= 0 && segment < segments ? segment : undefined;
  };
  const width = sizeOf(shape.slice(1));
  const count = sizeOf(segmentIds.shape);
  const out = summed(host.read(x), width, count, segmentOf, segments, 'float32');
  return host.make(out, shape, 'float32');
};

/** The place of each row of indices among the first axes of a shape. */
const placesIn =
  (at: Numbers, shape: readonly number[], depth: number, operation: string) =>
  (row: number): number => {
    let place = 0;
    for (let axis = 0; axis < depth; axis += 1) {
      const [index, size] = [at[row * depth + axis] ?? 0, shape[axis] ?? 1];
      if (index < 0 || index >= size) {
        const whole = Array.from(at.subarray(row * depth, (row + 1) * depth));
        throw new Error(
          `${operation}: the indices [${whole.join(', ')}] are not in [${shape.join(', ')}].`,
        );
      }
      place = place * size + index;
    }
    return place;
  };

/** How many axes a row of indices has numbers for. */
const depthOf = ({ shape }: tf.TensorInfo): number => (shape.length <= 1 ? 1 : (shape.at(-1) ?? 1));

/** A tensor of zeros to which updates are added at their indices. */
export const scatterNd: MendedKernel = (host, inputs, attributes) => {
  const [indices, updates] = [inputOf(inputs, 'indices'), inputOf(inputs, 'updates')];
  const shape = numbers(attributes['shape']);
  const depth = depthOf(indices);
  const placeOf = placesIn(host.read(indices), shape, depth, 'scatterND');
  const count = sizeOf(indices.shape) / Math.max(1, depth);
  const dtype = numericType(updates);
  const width = sizeOf(shape.slice(depth));
  const out = summed(
    host.read(updates),
    width,
    count,
    placeOf,
    sizeOf(shape.slice(0, depth)),
    dtype,
  );
  return host.make(out, shape, dtype);
};

/** A tensor with updates in the place of what stood there; the backend's own puts them into its input. */
export const tensorScatterUpdate: MendedKernel = (host, inputs) => {
  const [tensor, indices] = [inputOf(inputs, 'tensor'), inputOf(inputs, 'indices')];
  const updates = inputOf(inputs, 'updates');
  const depth = depthOf(indices);
  const placeOf = placesIn(host.read(indices), tensor.shape, depth, 'tensorScatterUpdate');
  const width = sizeOf(tensor.shape.slice(depth));
  const rows = host.read(updates);
  const out = host.read(tensor).slice();
  for (let row = 0; row < sizeOf(indices.shape) / Math.max(1, depth); row += 1) {
    out.set(rows.subarray(row * width, (row + 1) * width), placeOf(row) * width);
  }
  return host.make(out, tensor.shape, numericType(tensor));
};

/** One number everywhere but at the indices; `wasm` reads as many values as there are indices where one stands for all. */
export const sparseToDense: MendedKernel = (host, inputs, attributes) => {
  const [indices, values] = [inputOf(inputs, 'sparseIndices'), inputOf(inputs, 'sparseValues')];
  const shape = numbers(attributes['outputShape']);
  const placeOf = placesIn(host.read(indices), shape, shape.length, 'sparseToDense');
  const [rest = 0] = host.read(inputOf(inputs, 'defaultValue'));
  const given = host.read(values);
  const out = zerosOf(numericType(values), sizeOf(shape)).fill(rest);
  for (let row = 0; row < sizeOf(indices.shape) / Math.max(1, shape.length); row += 1) {
    out[placeOf(row)] = given[values.shape.length === 0 ? 0 : row] ?? 0;
  }
  return host.make(out, shape, numericType(values));
};
