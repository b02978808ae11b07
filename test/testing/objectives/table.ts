/** What `checkObjective` says of bounds, as rows and as a table. */
import { type BoundCase, checkObjective } from 'marginalia/testing';
import { BrokenLawsError } from '../../../src/testing/law/run-laws.js';
import type { OwnObjective } from './own-bounds.js';

/** What became of one objective. */
export interface Row {
  readonly name: string;
  /** The checks that failed, the first to fail first; none where it was not accused. */
  readonly foundBy: readonly string[];
  /** The case on which the first failed, in one line. */
  readonly on?: string;
  /** Seconds until the first failed, or of all checks. */
  readonly seconds: number;
  readonly message?: string;
}

/** Seconds until a check ended, in the order in which they ran. */
const secondsUntil = (
  seconds: Readonly<Partial<Record<string, number>>>,
  check: string,
): number => {
  const names = Object.keys(seconds);
  return names
    .slice(0, names.indexOf(check) + 1)
    .reduce((total, name) => total + (seconds[name] ?? 0), 0);
};

const caseIn = (why: string): string =>
  /^on case \d+ of \d+, (.*?)(?:, with \d+ particles)?: The law '/.exec(why)?.[1] ?? '';

/** Checks an objective in one call. */
export const rowOf = async (
  { name, make, particles }: OwnObjective,
  options: Parameters<typeof checkObjective>[1] & { readonly cases: readonly BoundCase[] },
): Promise<Row> => {
  try {
    const { seconds } = await checkObjective(make, { ...options, ...(particles && { particles }) });
    const total = Object.values(seconds).reduce((a, b) => a + b, 0);
    return { name, foundBy: [], seconds: total };
  } catch (error) {
    if (!(error instanceof BrokenLawsError)) throw error;
    const [first] = error.broken;
    return {
      name,
      foundBy: error.broken.map(({ check }) => check),
      on: caseIn(first?.why ?? ''),
      seconds: secondsUntil(error.report.seconds, first?.check ?? ''),
      message: error.message,
    };
  }
};

const cells = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;

/** Rows as a table in Markdown. */
export const tableOf = (rows: readonly Row[]): string =>
  [
    cells(['bound', 'found by', 'seconds', 'also by']),
    cells(['---', '---', '---:', '---']),
    ...rows.map(({ name, foundBy: [first, ...others], seconds }) => {
      const code = (check: string): string => `\`${check}\``;
      const by = first === undefined ? 'nothing, as it should be' : code(first);
      return cells([name, by, seconds.toFixed(2), others.map(code).join(', ')]);
    }),
  ].join('\n');
