/**
 * Kernels that are written as a whole rather than element by element: each element of their output
 * rests on many of their input, and one pass over the input makes all of them.
 */
import { sizeOf } from '../../../dsl/shape.js';
import { axisOf } from '../attributes.js';
import { flatten } from './indexing.js';
import { blockIn, nest } from './loop-block.js';
import type { WholeRule } from './whole-rule.js';

/** Each row is added to the place that its segment names: what it costs does not grow with the places. */
const segmentSum: WholeRule = ({ read, value, out, doubles, store }, code) => {
  const { shape } = value('segmentIds');
  const [segments = 0, ...rest] = out.shape;
  const totals = doubles(sizeOf(out.shape));
  code.lines.push(`${totals}.fill(0);`);
  nest(code, shape, (row) => {
    const id = read(blockIn(code), 'segmentIds', row);
    code.lines.push(`if (${id} >= 0 && ${id} < ${segments}) {`);
    nest(code, rest, (column) => {
      const x = read(blockIn(code), 'x', [...row, ...column]);
      code.lines.push(`${totals}[${flatten([id, ...column], out.shape)}] += ${x};`);
    });
    code.lines.push('}');
  });
  nest(code, [sizeOf(out.shape)], ([i = 0]) => store(i, `${totals}[${i}]`));
};

/** Running sums, each from the one before. */
const cumsum: WholeRule = ({ read, value, attributes, out, store }, code) => {
  const { shape } = value('x');
  const axis = axisOf(attributes['axis'], shape);
  const count = shape[axis] ?? 1;
  const [reverse, exclusive] = [attributes['reverse'] === true, attributes['exclusive'] === true];
  nest(code, shape.with(axis, 1), (index) => {
    const [total, k] = [code.fresh('s'), code.fresh('i')];
    code.lines.push(`let ${total} = 0;`, `for (let ${k} = 0; ${k} < ${count}; ${k}++) {`);
    const at = index.with(axis, reverse ? `(${count - 1} - ${k})` : k);
    const x = read(blockIn(code), 'x', at);
    const place = flatten(at, out.shape);
    if (exclusive) store(place, total);
    code.lines.push(`${total} += ${x};`);
    if (!exclusive) store(place, total);
    code.lines.push('}');
  });
};

/** Rules by kernel, each of one output. */
export const wholes: Readonly<Record<string, WholeRule>> = {
  Cumsum: cumsum,
  UnsortedSegmentSum: segmentSum,
};
