/** Numbers in nested arrays: their shape and their values in order. */
import { described } from './described.js';
import { SiteError } from '../refusals/error.js';
import type { Shape } from './noise.js';
import { sameShape, showShape, sizeOf } from './shape.js';

/** An array of numbers of one type. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** Numbers, booleans that count as 0 and 1, and arrays of them to any depth. */
export type NestedNumbers = number | boolean | TypedArray | readonly NestedNumbers[];

const isTypedArray = (x: unknown): x is TypedArray =>
  ArrayBuffer.isView(x) &&
  !(x instanceof DataView || x instanceof BigInt64Array || x instanceof BigUint64Array);

const isList = (x: unknown): x is readonly unknown[] => Array.isArray(x);

const isNumber = (x: unknown): x is number | boolean =>
  typeof x === 'number' || typeof x === 'boolean';

const cureFor = (x: unknown): string => {
  switch (described(x).kind) {
    case 'program':
      return 'Write `yield*` before it.';
    case 'distribution':
      return "Draw from it by `yield* sample('name', …)`.";
    case 'promise':
      return 'Write `await` before it.';
    case 'tensor':
      return 'Join tensors by tf.stack([…]); only those of float32, int32 and bool hold numbers.';
    case 'function':
      return 'Call it.';
    case 'text':
      return 'Turn text into numbers by Number(…).';
    case 'nothing':
      return 'Check its name; a missing number is NaN, and left out by mask(…).';
    case 'other':
      return 'Give numbers.';
  }
};

/** Throws for what is neither a tensor nor numbers; `where` it was met, for the message. */
export const refuse = (x: unknown, where: string): never => {
  throw new SiteError({
    site: where,
    expected: 'a tensor, a number, a boolean, or arrays of them',
    received: described(x).words,
    cure: cureFor(x),
  });
};

const shapeIn = (x: unknown, where: string): Shape => {
  if (isNumber(x)) return [];
  if (isTypedArray(x)) return [x.length];
  if (!isList(x)) return refuse(x, where);
  // A long row of numbers needs no list of their shapes.
  if (x.every(isNumber)) return [x.length];
  const shapes = x.map((row) => shapeIn(row, where));
  const [first = []] = shapes;
  const at = shapes.findIndex((s) => !sameShape(s, first));
  if (at > 0) {
    throw new SiteError({
      site: where,
      expected: 'rows of one shape',
      received: `row 0 of shape ${showShape(first)} and row ${at} of shape ${showShape(shapes[at] ?? [])}`,
      cure: 'Fill short rows up and leave the filling out by mask(…).',
    });
  }
  return [x.length, ...first];
};

/** Nested numbers as one array in row-major order, a copy, with their shape. */
export const flattened = (
  x: unknown,
  where: string,
): { readonly values: Float32Array; readonly shape: Shape } => {
  const shape = shapeIn(x, where);
  const values = new Float32Array(sizeOf(shape));
  let at = 0;
  const put = (inner: unknown): void => {
    if (isNumber(inner)) {
      values[at] = Number(inner);
      at += 1;
    } else if (isTypedArray(inner)) {
      values.set(inner, at);
      at += inner.length;
    } else if (isList(inner)) {
      inner.forEach(put);
    }
  };
  put(x);
  return { values, shape };
};
