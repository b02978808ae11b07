/** Paddings: how much is put before and after each axis. */
import { pairs } from '../../graph/attributes.js';
import type { BatchRule, ShapeRule } from '../kernel.js';

export const paddedShape: ShapeRule = ({ x }, { paddings }) => {
  const around = pairs(paddings);
  return (
    x && {
      shape: x.shape.map((n, i) => n + (around[i]?.[0] ?? 0) + (around[i]?.[1] ?? 0)),
      dtype: x.dtype,
    }
  );
};

/** The same around what is left of the draws' axis as it is. */
export const batchedPadding: BatchRule = ({ at, again, attributes }) =>
  again({ x: at('x') }, { ...attributes, paddings: [[0, 0], ...pairs(attributes['paddings'])] });
