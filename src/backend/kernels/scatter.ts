/** Rows added up where they are put at one place, in double precision and rounded once. */
import { sizeOf } from '../../../dsl/shape.js';
import { numberOf, numbers } from '../../compile/attributes.js';
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

/** A tensor of zeros to which updates are added at their indices. */
export const scatterNd: MendedKernel = (host, inputs, attributes) => {
  const [indices, updates] = [inputOf(inputs, 'indices'), inputOf(inputs, 'updates')];
  const shape = numbers(attributes['shape']);
  const depth = indices.shape.length <= 1 ? 1 : (indices.shape.at(-1) ?? 1);
  const places = shape.slice(0, depth);
  const at = host.read(indices);
  const placeOf = (row: number): number => {
    let place = 0;
    for (let axis = 0; axis < depth; axis += 1) {
      const [index, size] = [at[row * depth + axis] ?? 0, places[axis] ?? 1];
      if (index < 0 || index >= size) {
        const whole = Array.from(at.subarray(row * depth, (row + 1) * depth));
        throw new Error(
          `scatterND: the indices [${whole.join(', ')}] are not in [${shape.join(', ')}].`,
        );
      }
      place = place * size + index;
    }
    return place;
  };
  const count = sizeOf(indices.shape) / Math.max(1, depth);
  const dtype = numericType(updates);
  const width = sizeOf(shape.slice(depth));
  const out = summed(host.read(updates), width, count, placeOf, sizeOf(places), dtype);
  return host.make(out, shape, dtype);
};
