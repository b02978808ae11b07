/** Results as text. */
import type { Found, Measured } from './measure.js';
import type { Series } from './catalogue.js';
import { foundOf } from './rows.js';

/** Columns of text, numbers to the right; the first column is text. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const width = (column: number): number =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(width(i)) : cell.padStart(width(i))))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** A duration in milliseconds, with the unit that suits it. */
export const duration = (ms: number): string =>
  ms < 1
    ? `${(ms * 1000).toPrecision(3)} µs`
    : ms < 1000
      ? `${ms.toPrecision(3)} ms`
      : `${(ms / 1000).toPrecision(3)} s`;

const mebibytes = (bytes: number | null): string =>
  bytes === null ? '' : `${(bytes / 2 ** 20).toFixed(0)} MiB`;

const percent = (share: number | null): string =>
  share === null ? '' : `${(100 * share).toFixed(1)} %`;

const loss = ({ verdict }: Found): string => {
  if (verdict === null) return '';
  const { theirs, steps, agrees } = verdict;
  return `${theirs.toPrecision(4)} at ${steps}${agrees ? '' : '  DIFFERS'}`;
};

/** Two decimals, and more where they would all be zero. */
const ratio = (x: number): string => (x < 0.1 ? x.toPrecision(2) : x.toFixed(2));

const HEADER = ['', 'mean', 'median', 'ours / it', 'samples/s', 'garbage', 'memory', 'loss'];

const row = (of: Measured['of'], own: Found, one: Found): readonly string[] => [
  one.peer,
  duration(one.ms),
  duration(one.medianMs),
  one === own ? '' : ratio(own.ms / one.ms),
  Math.round((of.visited * 1000) / one.ms).toString(),
  percent(one.collection),
  mebibytes(one.peakBytes),
  loss(one),
];

const sentences = ({ own, others, absent }: Measured): readonly string[] => {
  const products = foundOf(others, 'matmul');
  const hand = foundOf(others, 'hand');
  return [
    `marginalia: ${own.says}`,
    ...(own.compileMs === null ? [] : [`compile time: ${duration(own.compileMs)}`]),
    ...(products
      ? [`matrix products alone: ${((100 * products.ms) / own.ms).toFixed(0)} % (${products.says})`]
      : []),
    ...(hand ? [`language / hand: ${ratio(own.ms / hand.ms)} (hand: ${hand.says})`] : []),
    ...others.flatMap(({ peer, says, slower }) =>
      slower.length === 0
        ? []
        : [
            `${peer}: ${says}; slower: ${slower.map((s) => `${s.says} ${duration(s.ms)}`).join('; ')}`,
          ],
    ),
    ...absent.map(({ peer, reason }) => `${peer}: left out, ${reason}`),
  ];
};

/** One case as a table, with what else is to be said of it. */
export const report = (measured: Measured): string => {
  const { of, own, others } = measured;
  return [
    `${of.name}: ${of.title}`,
    table([HEADER, ...[own, ...others].map((one) => row(of, own, one))]),
    ...sentences(measured),
    '',
  ].join('\n');
};

/** A series as a table: a row for each size, a column for each contender. */
export const reportSeries = (
  { name, title, axis }: Series,
  points: readonly { readonly size: number; readonly measured: Measured }[],
): string => {
  const contenders = [
    ...new Set(points.flatMap(({ measured }) => measured.others.map((o) => o.peer))),
  ];
  const step = (found: Found | undefined): string =>
    found === undefined ? '' : duration(found.ms);
  return [
    `${name}: ${title}`,
    table([
      [axis, 'marginalia', 'compile time', 'memory', ...contenders],
      ...points.map(({ size, measured: { own, others } }) => [
        size.toString(),
        step(own),
        own.compileMs === null ? '' : duration(own.compileMs),
        mebibytes(own.peakBytes),
        ...contenders.map((peer) => step(foundOf(others, peer))),
      ]),
    ]),
    '',
  ].join('\n');
};
