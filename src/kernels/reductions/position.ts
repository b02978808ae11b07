/** Where along one axis the largest or smallest element is. */
import { axisIn, axisOf, numberOf } from '../../graph/attributes.js';
import type { Block, Fold } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import type { Index } from '../../code/javascript/indexing.js';
import { type Translation, int } from '../../code/onnx/builder.js';
import { cast } from '../../code/onnx/casting.js';
import type { Kernel } from '../kernel.js';
import { hasNothing, ordered } from './onnx.js';

const first: Fold = { start: '-1', combine: (so, next) => `(${so} >= 0 ? ${so} : ${next})` };

const element =
  (best: Fold): ElementRule =>
  ({ read, value, attributes }, block, index) => {
    const { shape } = value('x');
    const axis = axisOf(attributes['axis'], shape);
    const extents = [shape[axis] ?? 1];
    const at = (b: Block, k: Index): string => read(b, 'x', index.toSpliced(axis, 0, k));
    const top = block.fold(best, extents, ([k = 0], b) => at(b, k));
    const place = block.fold(first, extents, ([k = 0], b) =>
      b.name(`(${at(b, k)} === ${top} ? ${k} : -1)`),
    );
    return block.name(`Math.max(${place}, 0)`);
  };

const onnx =
  (op: string): Translation =>
  (site) => {
    const { b, value, attributes } = site;
    if (hasNothing(site)) return undefined;
    const axis = int(axisOf(attributes['axis'], value('x').shape));
    return cast(b, b.op(op, [ordered(site)], { axis, keepdims: int(0) }), 'int32');
  };

/** The first of those that tie; ONNX has the same names for the kernels. */
export const position = (name: 'ArgMax' | 'ArgMin', best: Fold): Kernel => ({
  name,
  work: 'fold',
  canonical: ({ axis }, { x }) => ({ axis: axisIn(axis, x?.shape ?? []) }),
  shape: ({ x }, { axis }) =>
    x && { shape: x.shape.toSpliced(axisIn(axis, x.shape), 1), dtype: 'int32' },
  vjp: 'zero',
  batch: ({ at, again, attributes }) =>
    again({ x: at('x') }, { axis: numberOf(attributes['axis'], 0) + 1 }),
  onnx: onnx(name),
  element: element(best),
});
