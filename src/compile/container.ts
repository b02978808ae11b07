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

/** The shape and type of a tensor. */
export const specOf = ({ shape, dtype }: Tensor): InputSpec => ({
  shape,
  dtype: dtype === 'int32' || dtype === 'bool' ? dtype : 'float32',
});
