/** A small picture of laws: densities, masses, draws of pairs, or paths. */
import * as tf from '@tensorflow/tfjs';
import type { Distribution, Tensor } from 'marginalia';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { FAINT, lineAt, picture, textAt, tickStep } from '../../../src/pictures/svg.js';
import { hasDensity, noiseFor } from '../../../src/testing/distributions/subject.js';
import { column, rowsOf } from '../../../src/testing/statistics/numbers.js';

const COLOURS = ['#30638e', '#d1495b', '#e08e1b'] as const;
const [WIDTH, HEIGHT] = [360, 150] as const;
const [LEFT, TOP] = [44, 10] as const;
const LINE = 17;

/** Laws that are shown, draws of each, and places of a density's curve. */
const SHOWN = COLOURS.length;
const DRAWS = 400;
const PAIRS = 120;
const PATHS = 4;
const PLACES = 120;
/** More whole numbers than this are a curve. */
const STEMS = 60;

type Range = readonly [low: number, high: number];

const numbers = (x: Tensor): readonly number[] => [...x.dataSync()];

/** A number as a label has it. */
const told = (x: number): string => {
  const text = Number(x.toPrecision(3));
  return (Number.isFinite(text) ? String(text) : text > 0 ? '∞' : '-∞').replace('-', '−');
};

/** What a law was made from, where that is short. */
const labelOf = (d: Distribution): string => {
  const given = (d.arguments ?? []).map(({ name, value }) => [name, value] as const);
  const named = given.some(([name]) => name.includes(' ')) ? Object.entries(d.parameters) : given;
  return named
    .flatMap(([name, x]) => {
      if (x === undefined) return [];
      const all = numbers(x);
      const text = all.length > 6 ? `[${x.shape.join(' × ')}]` : all.map(told).join(', ');
      return [`${name} ${x.rank === 0 || all.length > 6 ? text : `[${text}]`}`];
    })
    .join(', ');
};

/** Draws, an event a row. */
const drawsOf = (d: Distribution, count: number): readonly (readonly number[])[] => {
  const { value } = d.sampler.draw(noiseFor(d, [count], 5));
  const all = rowsOf(value.dataSync(), sizeOf(d.eventShape));
  // A sampler without noise gives one value.
  return all.length === count ? all : Array.from({ length: count }, () => all[0] ?? []);
};

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

/** Where nearly all draws lie; where tails are so heavy that this would leave a spike, where most do. */
const endsOf = (sorted: readonly number[]): readonly number[] => {
  const [low, high, from, to] = [0.02, 0.98, 0.1, 0.8].map((share) => quantile(sorted, share));
  const isHeavy = (high ?? 0) - (low ?? 0) > 12 * ((to ?? 0) - (from ?? 0));
  return isHeavy ? [from ?? 0, to ?? 0] : [low ?? 0, high ?? 0];
};

const rangeOf = (values: readonly number[], margin = 0.04): Range => {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const more = Math.max((high - low) * margin, high === low ? 0.5 : 0);
  return [low - more, high + more];
};

const scaled =
  ([low, high]: Range, from: number, to: number) =>
  (x: number): number =>
    from + ((to - from) * (x - low)) / (high - low);

/** Axes with ticks, and the map from numbers to places. */
const frame = (across: Range, up: Range, isWhole = false) => {
  const x = scaled(across, LEFT, LEFT + WIDTH);
  const y = scaled(up, TOP + HEIGHT, TOP);
  const ticks = ([low, high]: Range, wide: number, least: number): readonly number[] => {
    const step = Math.max(least, tickStep((high - low) * wide));
    const first = Math.ceil(low / step - 1e-9);
    return Array.from(
      { length: Math.floor(high / step + 1e-9) - first + 1 },
      (_, i) => (first + i) * step,
    );
  };
  const bottom = TOP + HEIGHT;
  return {
    x,
    y,
    pieces: [
      ...ticks(across, 1, isWhole ? 1 : 0).flatMap((t) => [
        lineAt([x(t), TOP, x(t), bottom], FAINT),
        textAt(x(t), bottom + 14, told(t), { size: 10, anchor: 'middle' }),
      ]),
      ...ticks(up, 1.6, 0).map((t) =>
        textAt(LEFT - 5, y(t) + 3, told(t), { size: 10, anchor: 'end' }),
      ),
      lineAt([LEFT, bottom, LEFT + WIDTH, bottom], '#bbbbbb'),
    ],
  };
};

/** A place in a path, to a tenth of a pixel. */
const place = (x: number, y: number): string => `${x.toFixed(1)} ${y.toFixed(1)}`;

const stroke = (d: string, colour: string, width: number): string =>
  `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round"/>`;

const polyline = (points: readonly string[]): string => `M${points.join('L')}`;

const densityAt = (d: Distribution, at: readonly number[]): readonly number[] =>
  numbers(tf.exp(d.logProb(tf.tensor1d([...at]))));

/** A limit to heights: a density may be unbounded where its support ends. */
const heightOf = (curves: readonly (readonly number[])[]): number => {
  const inner = curves.flatMap((curve) => curve.slice(4, -4)).filter(Number.isFinite);
  return 1.08 * Math.max(...inner);
};

const curves = (laws: readonly Distribution[]): readonly string[] => {
  const draws = laws.map((d) => column(drawsOf(d, DRAWS), 0).toSorted((a, b) => a - b));
  const across = rangeOf(
    draws.flatMap((row) => endsOf(row)),
    0.15,
  );
  const inside = laws.every(({ support }) => !support.entry(across[0], 0, 0));
  const least = Math.min(...draws.flatMap((row) => row.slice(0, 1)));
  const range: Range = [
    inside ? Math.max(across[0], least - 0.02 * (across[1] - least)) : across[0],
    across[1],
  ];
  const at = Array.from(
    { length: PLACES + 1 },
    (_, i) => range[0] + ((range[1] - range[0]) * i) / PLACES,
  );
  const heights = laws.map((d) => densityAt(d, at));
  const top = heightOf(heights);
  const { x, y, pieces } = frame(range, [0, top]);
  return [
    ...pieces,
    ...heights.map((row, i) =>
      stroke(
        polyline(
          row.map((h, j) => place(x(at[j] ?? 0), y(Math.min(Number.isFinite(h) ? h : top, top)))),
        ),
        COLOURS[i] ?? '',
        2,
      ),
    ),
  ];
};

/** Chances of whole numbers, by stems beside each other. */
const stems = (rows: readonly (readonly (readonly [number, number])[])[]): readonly string[] => {
  const all = rows.flat();
  const span = rangeOf(
    all.map(([k]) => k),
    0,
  );
  const across: Range = [span[0] - 0.6, span[1] + 0.6];
  const { x, y, pieces } = frame(across, [0, 1.08 * Math.max(...all.map(([, p]) => p))], true);
  const isDense = span[1] - span[0] > STEMS;
  return [
    ...pieces,
    ...rows.flatMap((row, i) => {
      const colour = COLOURS[i] ?? '';
      const off = isDense ? 0 : (i - (rows.length - 1) / 2) * 0.18;
      const points = row.map(([k, p]) => [x(k + off), y(p)] as const);
      if (isDense) return [stroke(polyline(points.map(([a, b]) => place(a, b))), colour, 1.5)];
      return [
        stroke(points.map(([a, b]) => `M${place(a, y(0))}V${b.toFixed(1)}`).join(''), colour, 2),
        stroke(points.map(([a, b]) => `M${place(a, b)}h0`).join(''), colour, 5),
      ];
    }),
  ];
};

const chances = (laws: readonly Distribution[]): readonly string[] => {
  const draws = laws.map((d) => column(drawsOf(d, DRAWS), 0).toSorted((a, b) => a - b));
  const ends = draws.flatMap((row) => [quantile(row, 0.005), quantile(row, 0.99)]);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const whole = Array.from({ length: Math.round(high - low) + 1 }, (_, i) => Math.round(low) + i);
  return stems(
    laws.map((d, i) => {
      const at = d.support.isDiscrete ? whole : [...new Set(draws[i])];
      const masses = densityAt(d, at);
      return at
        .map((k, j) => [k, masses[j] ?? 0] as const)
        .filter(([, p]) => Number.isFinite(p) && p > 0);
    }),
  );
};

/** Chances of listed vectors, by their numbers in the list. */
const listed = (laws: readonly Distribution[]): readonly string[] =>
  stems(
    laws.map((d) => {
      const values = d.sampler.enumeration?.values();
      const all = values === undefined ? [] : numbers(tf.exp(d.logProb(values)));
      return all.map((p, k) => [k, p] as const);
    }),
  );

/** The first two entries of an event that vary, of draws. */
const pairs = (laws: readonly Distribution[]): readonly string[] => {
  const clouds = laws.map((d) => {
    const rows = drawsOf(d, PAIRS);
    const varying = Array.from({ length: sizeOf(d.eventShape) }, (_, j) => j).filter((j) =>
      rows.some((row) => row[j] !== rows[0]?.[j]),
    );
    const [a = 0, b = a] = varying;
    return rows.map((row) => [row[a] ?? 0, row[b] ?? 0] as const);
  });
  const all = clouds.flat();
  const { x, y, pieces } = frame(rangeOf(all.map(([a]) => a)), rangeOf(all.map(([, b]) => b)));
  return [
    ...pieces,
    ...clouds.map((cloud, i) => {
      const marks = [...new Set(cloud.map(([a, b]) => `M${place(x(a), y(b))}h0`))];
      return stroke(marks.join(''), COLOURS[i] ?? '', 3);
    }),
  ];
};

/** Draws of long vectors, each as a path over its entries. */
const paths = (laws: readonly Distribution[]): readonly string[] => {
  const drawn = laws.map((d) => drawsOf(d, PATHS));
  const length = Math.max(...drawn.flat().map((row) => row.length));
  const { x, y, pieces } = frame([0, Math.max(1, length - 1)], rangeOf(drawn.flat(2)), true);
  return [
    ...pieces,
    ...drawn.map((rows, i) =>
      stroke(
        rows.map((row) => polyline(row.map((z, t) => place(x(t), y(z))))).join(''),
        COLOURS[i] ?? '',
        1.5,
      ),
    ),
  ];
};

/** Longer vectors than this are paths. */
const VECTOR = 4;

/** What can be drawn of laws, and what it is. */
const drawnAs = (
  laws: readonly Distribution[],
): readonly [(laws: readonly Distribution[]) => readonly string[], string] => {
  const isOne = laws.every((d) => d.eventShape.length === 0);
  if (isOne && laws.every((d) => d.support.isDiscrete || !hasDensity(d))) return [chances, 'mass'];
  if (isOne) return [curves, 'density'];
  if (laws.every((d) => d.sampler.enumeration !== undefined))
    return [listed, 'chances in the order of the list'];
  const isLong = laws.some((d) => d.eventShape.length === 1 && sizeOf(d.eventShape) > VECTOR);
  return isLong ? [paths, 'draws, entry by entry'] : [pairs, 'draws, two of their entries'];
};

/** Of laws over different events those over the simplest that several of them are over: numbers, then pairs and the like. */
const alike = (all: readonly Distribution[]): readonly Distribution[] => {
  const groups = [...new Set(all.map((d) => d.eventShape.join()))].map((shape) =>
    all.filter((d) => d.eventShape.join() === shape),
  );
  const rank = (of: readonly Distribution[]): number => of[0]?.eventShape.length ?? 0;
  const least = Math.min(...groups.map(rank));
  const size = (of: readonly Distribution[]): number => sizeOf(of[0]?.eventShape ?? []);
  const [best = []] = groups
    .filter((of) => rank(of) === least)
    .toSorted((a, b) => Number(size(b) > 1) - Number(size(a) > 1) || b.length - a.length);
  return best;
};

/** A picture of some laws of one family as SVG text, and what it shows. */
export const pictureOf = (
  all: readonly Distribution[],
): { readonly svg: string; readonly shows: string } => {
  const laws = alike(all)
    .filter((d, i, some) => some.findIndex((other) => labelOf(other) === labelOf(d)) === i)
    .slice(0, SHOWN);
  const [draw, shows] = drawnAs(laws);
  const below = TOP + HEIGHT + 32;
  const labels = laws.map((d, i) =>
    textAt(LEFT, below + LINE * i, labelOf(d), { size: 11, fill: COLOURS[i] ?? '' }),
  );
  return {
    shows,
    svg: picture(LEFT + WIDTH + 16, below + LINE * laws.length, [...draw(laws), ...labels]),
  };
};
