/** Gaps as a picture. */
import { FAINT, INK, lineAt, picture, textAt } from '../../pictures/svg.js';
import type { Tightness } from './tightness.js';

const LEFT_OF_ZERO = '#d1495b';
const DOT = '#30638e';
const WIDTH = 520;
const ROW = 44;
const TOP = 70;
const RIGHT = 32;

/** Nats up to which the axis is linear; from there on it is logarithmic. */
const LINEAR = 0.01;

/** Where a gap is on an axis that shows both hundredths of a nat and hundreds. */
const position = (gap: number): number => Math.sign(gap) * Math.log10(1 + Math.abs(gap) / LINEAR);

const POWERS = [0.01, 0.1, 1, 10, 100, 1000];

const ticksWithin = (from: number, to: number): readonly number[] =>
  [...POWERS.map((p) => -p).toReversed(), 0, ...POWERS].filter(
    (t) => position(t) >= from && position(t) <= to,
  );

export interface TightnessPlotOptions {
  readonly title?: string;
}

/**
 * The gaps of `tightness` as SVG text: a row an objective and a mark a model, with two standard errors to
 * either side, thin lines from row to row for each model, an upright line at the mean, and in red where a
 * violation would be found. The axis is linear up to a hundredth of a nat and logarithmic beyond.
 *
 * @example
 * ```ts
 * const small = linearGaussian({ outside: 1, inside: 0 });
 * const found = tightness(small, [elbo()], { models: 2, draws: 48 });
 * const svg = tightnessPlot(found, { title: 'The ELBO' });
 * svg.startsWith('<svg') && svg.split('<circle').length === 3; // true
 * ```
 */
export const tightnessPlot = (
  { models, objectives }: Tightness,
  { title = 'Gaps of bounds over generated models' }: TightnessPlotOptions = {},
): string => {
  const ofModels = models.map(({ gaps }) =>
    gaps.flatMap((gap, row) =>
      gap === undefined || !Number.isFinite(gap.mean) ? [] : [{ row, gap }],
    ),
  );
  const marks = ofModels.flat();
  // Where a bound is an upper one, a violation lies to the right.
  const limits = objectives.map((o) => (o.widest < 0 ? 1 : -1) * o.smallestViolation);
  const places = [
    0,
    ...limits.filter((x) => Number.isFinite(x)),
    ...marks.flatMap(({ gap }) => [
      gap.mean - 2 * gap.standardError,
      gap.mean + 2 * gap.standardError,
    ]),
  ].map(position);
  const [from, to] = [Math.min(...places) - 0.2, Math.max(...places) + 0.2];
  const left = 24 + 7.2 * Math.max(...objectives.map((o) => o.name.length));
  const xOf = (gap: number): number => left + (WIDTH * (position(gap) - from)) / (to - from);
  const yOf = (row: number): number => TOP + ROW * (row + 0.5);
  const bottom = TOP + ROW * objectives.length + 6;
  const threads = ofModels.flatMap((own) =>
    own.slice(1).map(({ row, gap }, i) => {
      const before = own[i] ?? { row, gap };
      const ends = [xOf(before.gap.mean), yOf(before.row), xOf(gap.mean), yOf(row)] as const;
      return lineAt(ends, '#d8dfe6');
    }),
  );
  const dots = marks.flatMap(({ row, gap: { mean, standardError } }) => [
    lineAt(
      [xOf(mean - 2 * standardError), yOf(row), xOf(mean + 2 * standardError), yOf(row)],
      DOT,
      1.5,
    ),
    `<circle cx="${xOf(mean).toFixed(1)}" cy="${yOf(row).toFixed(1)}" r="3.5" fill="${DOT}" fill-opacity="0.6"/>`,
  ]);
  const rows = objectives.flatMap(({ name, mean }, row) => {
    const y = yOf(row);
    const limit = limits[row] ?? Number.NaN;
    return [
      textAt(left - 12, y + 4, name, { anchor: 'end' }),
      lineAt([xOf(mean), y - 13, xOf(mean), y + 13], INK, 2),
      ...(Number.isFinite(limit)
        ? [lineAt([xOf(limit), y - 9, xOf(limit), y + 9], LEFT_OF_ZERO, 2)]
        : []),
    ];
  });
  const width = Math.ceil(left + WIDTH + RIGHT);
  return picture(width, bottom + 58, [
    textAt(20, 28, title, { size: 15 }),
    textAt(
      20,
      47,
      'dots: models ± 2 s.e.; upright: mean; red: where a violation is found nine times in ten',
      { size: 11, fill: '#777777' },
    ),
    ...ticksWithin(from, to).flatMap((t) => [
      lineAt([xOf(t), TOP, xOf(t), bottom], t === 0 ? INK : FAINT, 1, t === 0 ? '5 3' : ''),
      textAt(xOf(t), bottom + 18, String(t).replace('-', '−'), { anchor: 'middle' }),
    ]),
    lineAt([left, bottom, left + WIDTH, bottom], '#bbbbbb'),
    ...threads,
    ...dots,
    ...rows,
    textAt(left + WIDTH / 2, bottom + 42, 'log p(data) − bound, nats', {
      anchor: 'middle',
      size: 13,
    }),
  ]);
};
