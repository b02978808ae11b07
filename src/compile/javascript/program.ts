/** Generated code as a function that can be called. */
import { literal } from '../../code/javascript/block.js';
import type { ScalarRule } from '../../code/javascript/scalars.js';
import { support } from './support.js';
import type { Place, Written } from './written.js';

/** An output whose first element must be finite, and the place where that is stored in any case. */
export interface Guard {
  readonly output: string;
  readonly at: Place;
}

/** What code begins with: it calls these by their names. */
const PROLOGUE = `'use strict';\nconst { erf, mod, roundHalfEven } = support;`;

const sourceOf = ({ setup, body, stores, first, tables }: Written, guard?: Guard): string =>
  [
    PROLOGUE,
    ...tables.map((_, i) => `const c${i} = tables[${i}];`),
    ...setup,
    'return () => {',
    ...body,
    ...(guard === undefined
      ? []
      : [
          `const guard = ${first(guard.output)};`,
          `if (!(guard - guard === 0)) { ${guard.at.array}[${guard.at.base}] = guard; return false; }`,
        ]),
    ...stores,
    'return true;',
    '};',
  ].join('\n');

const isProgram = (made: unknown): made is () => boolean => typeof made === 'function';

/**
 * The program that code is of, over arrays by the names that it calls them; it gives false where the
 * guarding output was not finite, and has then stored nothing else.
 */
export const programOf = (
  arrays: Readonly<Record<string, unknown>>,
  written: Written,
  guard?: Guard,
): (() => boolean) => {
  const given = {
    ...arrays,
    // Doubles, which the code reads fast.
    tables: written.tables.map((values) => Float64Array.from(values)),
    hosts: written.hosts,
    support,
  };
  const make = new Function(...Object.keys(given), sourceOf(written, guard));
  const made: unknown = make(...Object.values(given));
  if (!isProgram(made)) throw new Error('javascript: the generated code made no function.');
  return made;
};

/** What a rule makes of known numbers, in double precision. */
export const resultOf = (
  rule: ScalarRule,
  operands: readonly number[],
  attributes: Parameters<ScalarRule>[1],
): number => {
  const expression = rule(operands.map(literal), attributes);
  const made: unknown = new Function('support', `${PROLOGUE}\nreturn ${expression};`)(support);
  return Number(made);
};
