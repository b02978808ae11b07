/** A bracket as a picture. */
import { FAINT, INK, lineAt, picture, textAt, tickStep } from './svg.js';
import type { Bracket, BracketBound } from '../evidence/bracket.js';

export interface BracketPlotOptions {
  readonly title?: string;
  /** log p(batch) where it is known, drawn as a line. */
  readonly exact?: number;
}

const LOWER = '#30638e';
const UPPER = '#d1495b';
const WIDTH = 480;
const ROW = 30;
const TOP = 64;
const RIGHT = 28;
const colourOf = (bound: BracketBound): string => (bound.side === 'lower' ? LOWER : UPPER);

interface Mark {
  readonly bound: BracketBound;
  readonly value: number;
  readonly error: number;
}

/** Where the picture's horizontal axis begins and ends: all that is finite, and a margin. */
const rangeOf = (values: readonly number[]): readonly [number, number] => {
  const finite = values.filter((v) => Number.isFinite(v));
  if (finite.length === 0) return [-1, 1];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const margin = Math.max((high - low) * 0.06, 1e-6 * Math.max(1, Math.abs(high)));
  return [low - margin, high + margin];
};

/**
 * An interval for each bound, two standard errors to either side of its estimate, and the bracket
 * that they make, as SVG text. Hollow marks are bounds that hold only asymptotically. Nats per
 * element where there are several.
 *
 * - Edges: a bound that is not finite has a row without a mark.
 *
 * @example
 * ```ts
 * const model = observe('x', normal(0, 1), 0);
 * const found = await evidence.bracket(model, of({}), { key: key(0), samples: 10 });
 * bracketPlot(found, { title: 'No latent sites' }).startsWith('<svg'); // true
 * ```
 */
export const bracketPlot = (
  { bounds, lower, upper, elements, confidence }: Bracket,
  { title = 'Log evidence between bounds', exact }: BracketPlotOptions = {},
): string => {
  const marks = bounds.map((bound): Mark => ({
    bound,
    value: bound.total / elements,
    error: bound.totalStandardError / elements,
  }));
  const ends = [lower.nats / elements, upper.nats / elements] as const;
  const known = exact === undefined ? [] : [exact / elements];
  const [from, to] = rangeOf([
    ...marks.flatMap(({ value, error }) => [value - 2 * (error || 0), value + 2 * (error || 0)]),
    ...ends,
    ...known,
  ]);
  const left = 24 + 7.2 * Math.max(...bounds.map((b) => b.name.length));
  const xOf = (value: number): number =>
    left + (WIDTH * (Math.min(to, Math.max(from, value)) - from)) / (to - from);
  const bottom = TOP + ROW * marks.length + 8;
  const step = tickStep(to - from);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(from / step);
  const ticks = Array.from(
    { length: Math.floor(to / step) - first + 1 },
    (_, i) => (first + i) * step,
  );
  const band =
    `<rect x="${xOf(ends[0]).toFixed(1)}" y="${TOP}" width="${(xOf(ends[1]) - xOf(ends[0])).toFixed(1)}" ` +
    `height="${bottom - TOP}" fill="#edae49" fill-opacity="0.22"/>`;
  const rows = marks.flatMap(({ bound, value, error }, i) => {
    const y = TOP + ROW * (i + 0.5) + 4;
    const colour = colourOf(bound);
    const label = textAt(left - 12, y + 4, bound.name, { anchor: 'end', fill: colour });
    if (!Number.isFinite(value)) return [label];
    const whiskers = Number.isFinite(error)
      ? [lineAt([xOf(value - 2 * error), y, xOf(value + 2 * error), y], colour, 2.5)]
      : [];
    const fill = bound.holds === 'inExpectation' ? colour : 'white';
    const dot = `<circle cx="${xOf(value).toFixed(1)}" cy="${y.toFixed(1)}" r="4.5" fill="${fill}" stroke="${colour}" stroke-width="2"/>`;
    return [label, ...whiskers, dot];
  });
  const width = Math.ceil(left + WIDTH + RIGHT);
  const height = bottom + 58;
  const what = elements > 1 ? 'nats per element' : 'nats';
  const sure = upper.holds === 'withConfidence' ? '' : ', its upper end asymptotic';
  return picture(width, height, [
    textAt(20, 28, title, { size: 15 }),
    textAt(
      20,
      47,
      `marks: estimate ± 2 s.e., hollow where asymptotic only; shaded: ${Number((100 * confidence).toPrecision(6))} % interval${sure}`,
      { size: 11, fill: '#777777' },
    ),
    band,
    ...ticks.flatMap((t) => [
      lineAt([xOf(t), TOP, xOf(t), bottom], FAINT),
      textAt(xOf(t), bottom + 18, t.toFixed(digits).replace('-', '−'), { anchor: 'middle' }),
    ]),
    lineAt([left, bottom, left + WIDTH, bottom], '#bbbbbb'),
    ...known.map((x) => lineAt([xOf(x), TOP, xOf(x), bottom], INK, 1.5, '5 3')),
    ...rows,
    textAt(
      left + WIDTH / 2,
      bottom + 42,
      `log p(data), ${what}${exact === undefined ? '' : ' (dashed: exact)'}`,
      { anchor: 'middle', size: 13 },
    ),
  ]);
};
