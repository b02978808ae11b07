/**
 * Kernels that are written as a whole rather than element by element: each element of their output
 * rests on many of their input, and one pass over the input makes all of them.
 */
import { sizeOf } from '../../../dsl/shape.js';
import type { Value } from '../graph.js';
import { axisOf } from '../attributes.js';
import { type Index, flatten } from './indexing.js';
import { type Code, blockIn, nest } from './loop-block.js';
import type { Block } from './block.js';

/** What a rule knows of its kernel. */
export interface WholeSite {
  readonly read: (block: Block, input: string, index: readonly Index[]) => string;
  readonly value: (input: string) => Value;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly out: Value;
  /** Makes an array of doubles, once, and returns its name. */
  readonly doubles: (size: number) => string;
  /** Stores an element of the output. */
  readonly store: (at: Index, value: string) => void;
}

type WholeRule = (site: WholeSite, code: Code) => void;

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

/** The largest logit and the sum are found once a row, not once an element. */
const softmax: WholeRule = ({ read, value, store }, code) => {
  const { shape } = value('logits');
  const last = shape.length - 1;
  const count = shape[last] ?? 1;
  nest(code, shape.with(last, 1), (index) => {
    const logit = (k: string): string => read(blockIn(code), 'logits', index.with(last, k));
    const along = (body: (k: string) => void): void => {
      const k = code.fresh('i');
      code.lines.push(`for (let ${k} = 0; ${k} < ${count}; ${k}++) {`);
      body(k);
      code.lines.push('}');
    };
    const [top, total] = [code.fresh('s'), code.fresh('s')];
    code.lines.push(`let ${top} = -Infinity, ${total} = 0;`);
    along((k) => code.lines.push(`${top} = Math.max(${top}, ${logit(k)});`));
    along((k) => code.lines.push(`${total} += Math.exp(${logit(k)} - ${top});`));
    along((k) =>
      store(flatten(index.with(last, k), shape), `Math.exp(${logit(k)} - ${top}) / ${total}`),
    );
  });
};

/** Rules by kernel, each of one output. */
export const wholes: Readonly<Record<string, WholeRule>> = {
  Cumsum: cumsum,
  Softmax: softmax,
  UnsortedSegmentSum: segmentSum,
};
