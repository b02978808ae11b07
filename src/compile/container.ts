/** Batches as flat lists of tensors: what goes into a compiled function, and what it was built for. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import type { InputSpec } from './tracer.js';

/** The tensors in nested arrays and records, by path. */
export const leavesOf = (
  container: unknown,
  path = 'batch',
): readonly (readonly [string, Tensor])[] => {
  if (container instanceof tf.Tensor) return [[path, container]];
  if (typeof container !== 'object' || container === null) return [];
  return Object.entries(container).flatMap(([key, inner]) => leavesOf(inner, `${path}/${key}`));
};

/** Everything of a container but the numbers in its tensors: two batches alike share a graph. */
export const signatureOf = (container: unknown): string =>
  JSON.stringify(container, (_, value: unknown) =>
    value instanceof tf.Tensor ? [value.dtype, value.shape] : value,
  ) ?? 'undefined';

function replaceIn<B>(container: B, replacements: ReadonlyMap<Tensor, Tensor>): B;
function replaceIn(container: unknown, replacements: ReadonlyMap<Tensor, Tensor>): unknown {
  if (container instanceof tf.Tensor) return replacements.get(container) ?? container;
  if (typeof container !== 'object' || container === null) return container;
  if (Array.isArray(container)) return container.map((inner) => replaceIn(inner, replacements));
  return Object.fromEntries(
    Object.entries(container).map(([key, inner]) => [key, replaceIn(inner, replacements)]),
  );
}

/** The container with each of its tensors replaced by the one of its path. */
export const withLeaves = <B>(container: B, leaves: Readonly<Record<string, Tensor>>): B =>
  replaceIn(
    container,
    new Map(leavesOf(container).flatMap(([path, x]) => (leaves[path] ? [[x, leaves[path]]] : []))),
  );

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
