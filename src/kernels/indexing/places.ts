/** Rows of indices as executors read them: TensorFlow.js lets a list stand for rows of one, and a number for one row. */
import type { Shape } from '../../../dsl/index.js';
import { type Block, largest } from '../../code/javascript/block.js';
import type { ElementSite } from '../../code/javascript/element-rule.js';
import { type Index, flatten, indexOf, unflatten } from '../../code/javascript/indexing.js';
import { blockIn, nest } from '../../code/javascript/loop-block.js';
import type { WholeRule } from '../../code/javascript/whole-rule.js';
import type { Site } from '../../code/onnx/builder.js';
import { cast } from '../../code/onnx/casting.js';
import { reshaped } from '../../code/onnx/moves.js';

/** The rows as a table of int64, in operators of ONNX. */
export const rowsInOnnx = ({ b, at, value }: Site, input: string): string => {
  const { shape } = value(input);
  const wide = cast(b, at(input), 'int64');
  return shape.length > 1 ? wide : reshaped(b, wide, [shape[0] ?? 1, 1]);
};

/** What is known alike of an element and of all. */
type PlacesSite = Pick<ElementSite, 'read' | 'value'>;

/** Rows of indices, in JavaScript. */
export interface Rows {
  /** The axes that rows are counted by. */
  readonly lead: Shape;
  /** How many indices a row has. */
  readonly depth: number;
  /** The indices of the row at a place. */
  readonly row: (block: Block, at: readonly Index[]) => readonly Index[];
}

export const rowsOf = ({ read, value }: PlacesSite, input: string): Rows => {
  const { shape } = value(input);
  const isTable = shape.length > 1;
  const depth = isTable ? (shape.at(-1) ?? 0) : 1;
  return {
    lead: isTable ? shape.slice(0, -1) : [shape[0] ?? 1],
    depth,
    row: (block, at) =>
      Array.from({ length: depth }, (_, k) =>
        indexOf(read(block, input, isTable ? [...at, k] : at.slice(0, shape.length))),
      ),
  };
};

/** Whether a row names a place, as an expression. */
export const isAt = (row: readonly Index[], place: readonly Index[]): string =>
  ['true', ...row.map((i, axis) => `${i} === ${place[axis] ?? 0}`)].join(' && ');

/** An array with other elements at the places that rows name: what stands elsewhere, and what is put. */
export interface Put {
  readonly rows: Rows;
  readonly elsewhere: (block: Block, index: readonly Index[]) => string;
  /** What the row at `at` puts at its place with `rest` behind it. */
  readonly update: (block: Block, at: readonly Index[], rest: readonly Index[]) => string;
}

/** Of rows that name one place the last one counts. */
export const putElement = (
  { rows, elsewhere, update }: Put,
  block: Block,
  index: readonly Index[],
): string => {
  const { lead, depth, row } = rows;
  const last = block.fold(largest, lead, (at, b) =>
    b.name(`(${isAt(row(b, at), index)} ? ${flatten(at, lead)} : -1)`),
  );
  const from = unflatten(block.name(`Math.max(${last}, 0)`), lead);
  const put = update(block, from, index.slice(depth));
  return block.name(`(${last} >= 0 ? ${put} : ${elsewhere(block, index)})`);
};

export const putWhole = (
  { rows, elsewhere, update }: Put,
  { out, store }: Parameters<WholeRule>[0],
  code: Parameters<WholeRule>[1],
): void => {
  const { lead, depth, row } = rows;
  nest(code, out.shape, (index) =>
    store(flatten(index, out.shape), elsewhere(blockIn(code), index)),
  );
  nest(code, lead, (at) => {
    const place = row(blockIn(code), at);
    nest(code, out.shape.slice(depth), (rest) =>
      store(flatten([...place, ...rest], out.shape), update(blockIn(code), at, rest)),
    );
  });
};
