/** What a torture did, and what came of it. */

export interface Row {
  readonly what: string;
  /** How it was done. */
  readonly how: string;
  readonly times: number;
  /** What was lost, or wrongly taken for right: one sentence each. */
  readonly wrong: readonly string[];
}

const MOST_SHOWN = 5;

/** The rows as a table, with what went wrong below it. */
export const table = (rows: readonly Row[]): string => {
  const cells = [
    ['', 'times', 'wrong', 'how'],
    ...rows.map(({ what, times, wrong, how }) => [what, String(times), String(wrong.length), how]),
  ];
  const widths = [0, 1, 2].map((i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  const line = ([what = '', times = '', wrong = '', how = '']: readonly string[]): string =>
    [
      what.padEnd(widths[0] ?? 0),
      times.padStart(widths[1] ?? 0),
      wrong.padStart(widths[2] ?? 0),
      how,
    ].join('  ');
  const bad = rows.flatMap(({ what, wrong }) =>
    wrong.slice(0, MOST_SHOWN).map((sentence) => `${what}: ${sentence}`),
  );
  return [...cells.map(line), ...bad].join('\n');
};
