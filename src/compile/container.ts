/** Batches as flat lists of tensors: what goes into a compiled function, and what it was built for. */
import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../dsl/records/dictionary.js';
import type { Tensor } from '../../dsl/index.js';
import { type Values, emptyArray } from './arena.js';
import { exactJson } from '../graph/exact.js';
import { type InputSpec, RecordingError } from './recording/recorder.js';

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
    throw new RecordingError(
      'a batch holds something that is no tensor, number, text, list or record; ' +
        'put its numbers in tensors, or the step is traced anew each time and interpreted.',
    );
  }
  return value;
};

/**
 * Everything of a container but the numbers in its tensors: two batches alike share a graph. Throws
 * a `RecordingError` for what a graph cannot depend on.
 */
export const signatureOf = (container: unknown): string => exactJson(container, described);

const replaced = (
  container: unknown,
  leaf: (path: string, x: Tensor) => unknown,
  path = 'batch',
): unknown => {
  if (container instanceof tf.Tensor) return leaf(path, container);
  if (Array.isArray(container)) {
    return container.map((inner, i) => replaced(inner, leaf, step(path, i)));
  }
  if (!isRecord(container)) return container;
  return mapped(container, (c, key) => replaced(c, leaf, step(path, key)));
};

/** The container with the tensor at each path replaced by that of `leaves`; others stay. */
export function withLeaves<B>(
  container: B,
  leaves: Readonly<Record<string, Tensor>>,
  path?: string,
): B;
export function withLeaves(
  container: unknown,
  leaves: Readonly<Record<string, Tensor>>,
  path = 'batch',
): unknown {
  return replaced(container, (at, x) => leaves[at] ?? x, path);
}

/** The numbers of a batch in its form: an array, flat and row-major, for each tensor. */
export type BatchArrays<B> = B extends tf.Tensor
  ? Values
  : B extends string | number | boolean | null | undefined | ArrayBufferView
    ? B
    : { readonly [K in keyof B]: BatchArrays<B[K]> };

/** An array for the tensor at each path of a container; what is no tensor stays. */
export function withArrays<B>(
  container: B,
  arrayFor: (path: string, x: Tensor) => Values,
): BatchArrays<B>;
export function withArrays(
  container: unknown,
  arrayFor: (path: string, x: Tensor) => Values,
): unknown {
  return replaced(container, arrayFor);
}

/** An array of zeros for a tensor's numbers. */
export const emptyArrayOf = (x: Tensor): Values => emptyArray(specOf(x).dtype, x.size);

/** The shape and type of a tensor. */
export const specOf = ({ shape, dtype }: Tensor): InputSpec => ({
  shape,
  dtype: dtype === 'int32' || dtype === 'bool' ? dtype : 'float32',
});
