/** Blocks of code with loops: folds become loops, and a choice becomes a branch. */
import { type Block, TooLong, isAtom } from './block.js';
import type { Index } from './indexing.js';

/** Beyond this an engine gives up on a function. */
const MOST_LINES = 20_000;

/** Lines as they are written, and names that no other has. */
export interface Code {
  readonly lines: string[];
  readonly fresh: (prefix: string) => string;
}

/** A block at the place where code is being written. */
export const blockIn = (code: Code): Block => {
  const known = new Map<string, string>();
  const name = (expression: string): string => {
    if (isAtom(expression)) return expression;
    const before = known.get(expression);
    if (before !== undefined) return before;
    const made = code.fresh('v');
    code.lines.push(`const ${made} = ${expression};`);
    known.set(expression, made);
    return made;
  };
  return {
    name,
    fold: ({ start, combine }, extents, body) => {
      const total = code.fresh('s');
      code.lines.push(`let ${total} = ${start};`);
      nest(code, extents, (index) => {
        const inner = blockIn(code);
        const next = body(index, inner);
        code.lines.push(`${total} = ${combine(total, next)};`);
      });
      return total;
    },
    below: (index, limit, then, otherwise) => {
      if (typeof index === 'number') {
        const self = blockIn(code);
        return index < limit ? then(self) : otherwise(self);
      }
      const chosen = code.fresh('s');
      code.lines.push(`let ${chosen};`, `if (${index} < ${limit}) {`);
      const yes = then(blockIn(code));
      code.lines.push(`${chosen} = ${yes};`, '} else {');
      const no = otherwise(blockIn(code));
      code.lines.push(`${chosen} = ${no};`, '}');
      return chosen;
    },
  };
};

/** Loops over all indices of a shape; an axis of one needs none. */
export const nest = (
  code: Code,
  shape: readonly number[],
  body: (index: readonly Index[]) => void,
): void => {
  const index = shape.map((n): Index => (n === 1 ? 0 : code.fresh('i')));
  index.forEach((i, axis) => {
    if (typeof i === 'string') {
      code.lines.push(`for (let ${i} = 0; ${i} < ${shape[axis] ?? 1}; ${i}++) {`);
    }
  });
  body(index);
  for (const i of index) if (typeof i === 'string') code.lines.push('}');
  if (code.lines.length > MOST_LINES) throw new TooLong();
};
