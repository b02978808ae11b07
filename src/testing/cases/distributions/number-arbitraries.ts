/** Random shapes and arrays of numbers. */
import * as fc from 'fast-check';
import type { Shape } from '../../../../dsl/index.js';
import { sizeOf } from '../../../../dsl/tensors/shape.js';
import type { Numbers } from '../../statistics/numbers.js';

/** Numbers are multiples of this: exact in float32, and short when printed. */
const GRAIN = 1 / 64;

/** Numbers of a shape from `low` to `high`. */
export const numbersIn = (shape: Shape, low: number, high: number): fc.Arbitrary<Numbers> =>
  fc
    .array(fc.integer({ min: Math.ceil(low / GRAIN), max: Math.floor(high / GRAIN) }), {
      minLength: sizeOf(shape),
      maxLength: sizeOf(shape),
    })
    .map((values) => ({ shape, values: values.map((v) => v * GRAIN) }));

/** Batch shapes of up to two axes and four entries. */
export const batchShapes: fc.Arbitrary<Shape> = fc.constantFrom<Shape[]>(
  [],
  [1],
  [2],
  [3],
  [2, 1],
  [1, 2],
  [2, 2],
);

/** A shape that broadcasts to this one: some axes made 1, some of the left ones dropped. */
export const narrowed = (shape: Shape): fc.Arbitrary<Shape> =>
  fc
    .tuple(
      fc.nat({ max: shape.length }),
      fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
    )
    .map(([dropped, isOne]) => shape.map((n, i) => (isOne[i] ? 1 : n)).slice(dropped));

/** Shapes of two parameters that broadcast to `batch` together. */
export const shapePairs = (batch: Shape): fc.Arbitrary<readonly [Shape, Shape]> =>
  fc
    .tuple(narrowed(batch), fc.boolean())
    .map(([narrow, isFirst]) => (isFirst ? [narrow, batch] : [batch, narrow]));
