/** Tables on pages: each between two marks, so that it can be written again. */
import { laws } from 'marginalia/testing';
import type { WrongModel } from '../models/wrong-model.js';
import type { Compared, Verdict } from './compare.js';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** A table in Markdown, columns as wide as their widest cell. */
export const markdown = (rows: readonly (readonly string[])[]): string => {
  const [head = [], ...rest] = rows;
  const widths = head.map((_, j) => Math.max(3, ...rows.map((r) => (r[j] ?? '').length)));
  const padded = (cells: readonly string[]): string =>
    row(cells.map((cell, j) => cell.padEnd(widths[j] ?? 0)));
  return [padded(head), row(widths.map((w) => '-'.repeat(w))), ...rest.map(padded)].join('\n');
};

const begin = (name: string): string => `<!-- begin ${name} -->`;
const end = (name: string): string => `<!-- end ${name} -->`;

/** What a page has between the marks of a name; nothing where there are no marks. */
export const between = (page: string, name: string): string | undefined => {
  const [, after] = page.split(begin(name));
  return after?.split(end(name))[0]?.trim();
};

/** The page with another text between the marks of a name. */
export const replaced = (page: string, name: string, text: string): string => {
  const [before, after] = page.split(begin(name));
  const [, rest] = (after ?? '').split(end(name));
  if (before === undefined || rest === undefined) {
    throw new Error(`the page has no marks '${begin(name)}' and '${end(name)}'; put them in`);
  }
  return `${before}${begin(name)}\n\n${text}\n\n${end(name)}${rest}`;
};

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** All laws: what each says and what checks it. */
export const lawTable = (): string =>
  markdown([
    ['law', 'checked by', 'it says that'],
    ...Object.entries(laws).map(([law, { check, says }]) => [
      cell(law),
      `\`${check}\``,
      cell(says),
    ]),
  ]);

const verdictCells = ({ by, seconds }: Verdict, isCode: boolean): readonly string[] => [
  by === undefined ? '' : isCode ? `\`${by}\`` : by,
  seconds.toFixed(1),
];

/** What became of each mistake, and of the right ones together. */
export const comparisonTable = (what: string, all: readonly Compared[]): string => {
  const wrong = all.filter(({ isRight }) => !isRight);
  const right = all.filter(({ isRight }) => isRight);
  const count = (of: readonly Compared[], side: 'hand' | 'kit'): string =>
    `${of.filter((c) => c[side].by !== undefined).length} of ${of.length}`;
  const seconds = (of: readonly Compared[], side: 'hand' | 'kit'): string =>
    of.reduce((sum, c) => sum + c[side].seconds, 0).toFixed(0);
  const summary = (label: string, of: readonly Compared[]): readonly string[] => [
    label,
    count(of, 'hand'),
    seconds(of, 'hand'),
    count(of, 'kit'),
    seconds(of, 'kit'),
  ];
  return markdown([
    [what, 'found by hand', 's', 'found by the kit', 's'],
    ...wrong.map((c) => [
      cell(c.name),
      ...verdictCells(c.hand, false),
      ...verdictCells(c.kit, true),
    ]),
    summary('**found**', wrong),
    summary('**right ones accused**', right),
  ]);
};

const code = (check: string): string => `\`${check}\``;

/** Bounds, each with the check that failed first, the seconds until it did, and the others that failed. */
export const boundTable = (all: readonly Compared[]): string =>
  markdown([
    ['bound', 'found by', 'seconds', 'also by'],
    ...all.map(({ name, kit: { by, also, untilFirst } }) => [
      cell(name),
      by === undefined ? 'nothing, as it should be' : code(by),
      untilFirst.toFixed(2),
      also.map(code).join(', '),
    ]),
  ]);

/** How many checks are named in a row. */
const NAMED = 3;

const named = (checks: readonly string[]): string => {
  const more = checks.length - NAMED;
  return checks.slice(0, NAMED).map(code).join(', ') + (more > 0 ? ` and ${more} more` : '');
};

/** All checks that failed. */
const failed = ({ kit: { by, also } }: Compared): readonly string[] =>
  by === undefined ? [] : [by, ...also];

/** Mistakes in models, each with the checks that failed, that which is made for it first. */
export const modelTable = (mistakes: readonly WrongModel[], all: readonly Compared[]): string =>
  markdown([
    ['mistake', 'found by', 'seconds, wrong', 'seconds, right'],
    ...mistakes.map(({ name, by }) => {
      const both = all.filter((c) => c.name === name);
      const found = both.filter((c) => !c.isRight).flatMap(failed);
      const others = found.filter((check) => check !== by);
      const seconds = [false, true].map((isRight) =>
        both
          .filter((c) => c.isRight === isRight)
          .map(({ kit }) => kit.seconds.toFixed(1))
          .join(),
      );
      return [cell(name), named(found.includes(by) ? [by, ...others] : found), ...seconds];
    }),
  ]);

/** Mistakes that the kit did not find, and what is right and was accused. */
export const errorsIn = (all: readonly Compared[]): readonly string[] =>
  all.flatMap(({ name, isRight, kit: { by } }) => {
    if (isRight) return by === undefined ? [] : [`${name} is right and accused by ${by}`];
    return by === undefined ? [`${name} is wrong and was not found`] : [];
  });
