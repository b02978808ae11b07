/** Batches as flat lists of tensors: what goes into a compiled function, and what it was built for. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { exactJson } from './exact.js';
import { type InputSpec, TraceError } from './tracer.js';

const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> => {
  if (typeof x !== 'object' || x === null) return false;
  const prototype: unknown = Object.getPrototypeOf(x);
  return prototype === Object.prototype || prototype === null;
};

/** A key as part of a path: two different keys never make the same path. */
const step = (path: string, key: string | number): string =>
  `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** The tensors in nested arrays and records, by path. */
export const leavesOf = (
  container: unknown,
  path = 'batch',
): readonly (readonly [string, Tensor])[] => {
  if (container instanceof tf.Tensor) return [[path, container]];
  if (Array.isArray(container)) return container.flatMap((c, i) => leavesOf(c, step(path, i)));
  if (!isRecord(container)) return [];
  return Object.entries(container).flatMap(([key, c]) => leavesOf(c, step(path, key)));
};

const described = (value: unknown): unknown => {
  if (value instanceof tf.Tensor) return { tensor: [value.dtype, value.shape] };
  if (typeof value === 'function' || (typeof value === 'object' && value !== null)) {
    if (Array.isArray(value) || isRecord(value)) return value;
    throw new TraceError(
      'a batch holds something that is no tensor, number, text, list or record; ' +
        'put its numbers in tensors, or train eagerly.',
    );
  }
  return value;
};

/**
 * Everything of a container but the numbers in its tensors: two batches alike share a graph. Throws
 * a `TraceError` for what a graph cannot depend on.
 */
export const signatureOf = (container: unknown): string => exactJson(container, described);

/** The container with the tensor at each path replaced by that of `leaves`; others stay. */
export function withLeaves<B>(container: B, leaves: Readonly<Record<string, Tensor>>): B;
export function withLeaves(container: unknown, leaves: Readonly<Record<string, Tensor>>): unknown {
  const replaced = (c: unknown, path: string): unknown => {
    if (c instanceof tf.Tensor) return leaves[path] ?? c;
    if (Array.isArray(c)) return c.map((inner, i) => replaced(inner, step(path, i)));
    if (!isRecord(c)) return c;
    return Object.fromEntries(
      Object.entries(c).map(([key, inner]) => [key, replaced(inner, step(path, key))]),
    );
  };
  return replaced(container, 'batch');
}

/**
 * A copy of a tensor's numbers in the array that its type wants. The plain JavaScript backend keeps
 * a cast tensor in the array it was cast from.
 */
export const arrayOf = (x: Tensor): Float32Array | Int32Array | Uint8Array => {
  const values = x.dataSync();
  switch (specOf(x).dtype) {
    case 'float32':
      return Float32Array.from(values);
    case 'int32':
      return Int32Array.from(values);
    case 'bool':
      return Uint8Array.from(values);
  }
};

/** The shape and type of a tensor. */
export const specOf = ({ shape, dtype }: Tensor): InputSpec => ({
  shape,
  dtype: dtype === 'int32' || dtype === 'bool' ? dtype : 'float32',
});
