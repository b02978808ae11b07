/** Reductions element by element in JavaScript. */
import { axesOf } from '../../graph/attributes.js';
import type { Fold } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import type { Index } from '../../code/javascript/indexing.js';

export const smallest: Fold = {
  start: 'Infinity',
  combine: (so, next) => `Math.min(${so}, ${next})`,
};

export const product: Fold = { start: '1', combine: (so, next) => `${so} * ${next}` };

/** All elements along the axes, combined. */
export const folded =
  (by: Fold): ElementRule =>
  ({ read, value, attributes }, block, index) => {
    const { shape } = value('x');
    const axes = axesOf(attributes['axis'] ?? attributes['reductionIndices'], shape);
    const keeps = attributes['keepDims'] === true;
    const others = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
    const at = (inner: readonly Index[]): readonly Index[] =>
      shape.map((_, axis) => {
        const among = axes.indexOf(axis);
        if (among >= 0) return inner[among] ?? 0;
        return index[keeps ? axis : others.indexOf(axis)] ?? 0;
      });
    const extents = axes.map((axis) => shape[axis] ?? 1);
    return block.fold(by, extents, (inner, b) => read(b, 'x', at(inner)));
  };
