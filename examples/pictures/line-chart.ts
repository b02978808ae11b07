/** Lines: one quantity against another, a line a name. */
import { type Axis, type Chart, type Frame, drawn, framed, measured, named } from './chart.js';
import { COLOURS, INK, QUIET } from './style.js';

export type Point = readonly [x: number, y: number];

/** Points that belong together. */
export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
  /** Dots on the points: for few that were measured, and not for a curve. */
  readonly dots?: boolean;
  readonly dashed?: boolean;
  /** The name of a line whose colour it has: the two are of one thing. */
  readonly like?: string;
}

export interface LineChart extends Frame {
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  /** Levels to compare with, across the chart, each with a name at its end. */
  readonly levels?: readonly { readonly name: string; readonly y: number }[];
}

type Level = NonNullable<LineChart['levels']>[number];

const rules = ({ y, levels = [] }: LineChart) => ({
  data: { values: levels.map((level) => ({ ...level })) },
  mark: { type: 'rule' as const, color: QUIET, strokeDash: [3, 3], strokeWidth: 1.5 },
  encoding: { y: measured('y', y) },
});

/** Over the lines, on a ground of their own: a curve may cross them. */
const namesOfLevels = (levels: readonly Level[]) => ({
  data: { values: levels.map((level) => ({ ...level })) },
  encoding: {
    x: { value: 'width' as const },
    y: { field: 'y', type: 'quantitative' as const },
    text: { field: 'name' },
  },
  layer: [{ stroke: 'white', strokeWidth: 4, fill: 'white' }, { fill: QUIET }].map((ink) => ({
    mark: {
      type: 'text' as const,
      align: 'right' as const,
      baseline: 'bottom' as const,
      dy: -3,
      ...ink,
    },
  })),
});

/** A colour for each line that has one of its own. */
const coloursOf = (of: readonly Line[]): readonly string[] => {
  const own = of.filter(({ like }) => like === undefined).map(({ name }) => name);
  return of.map(
    ({ name, like = name }) => COLOURS[Math.max(0, own.indexOf(like)) % COLOURS.length] ?? INK,
  );
};

/** The chart as a value, to stand beside others. */
export const lines = (chart: LineChart): Chart => {
  const { x, y, levels = [] } = chart;
  const points = (of: readonly Line[]) =>
    of.flatMap((line) => line.points.map(([px, py]) => ({ x: px, y: py, name: line.name })));
  const dotted = chart.lines.filter(({ dots }) => dots === true);
  const dashes = chart.lines.map(({ dashed }) => (dashed === true ? [6, 4] : [1, 0]));
  const names = chart.lines.map(({ name }) => name);
  // A line as it is drawn: a dot would show no dashes. Of single points only dots are drawn.
  const symbol = chart.lines.every((line) => line.points.length < 2)
    ? { symbolType: 'circle' }
    : { symbolType: 'stroke', symbolSize: 500 };
  const legend = names.length > 1 ? symbol : null;
  const color = { ...named(names, coloursOf(chart.lines)), legend };
  return {
    ...framed(chart),
    layer: [
      ...(levels.length > 0 ? [rules(chart)] : []),
      {
        data: { values: points(chart.lines) },
        mark: { type: 'line', strokeWidth: 2.5, clip: true },
        encoding: {
          x: measured('x', x),
          y: measured('y', y),
          color,
          ...(dashes.some(([on]) => on !== 1) && {
            strokeDash: {
              field: 'name',
              type: 'nominal',
              title: null,
              sort: names,
              scale: { domain: names, range: dashes },
              legend,
            },
          }),
        },
      },
      {
        data: { values: points(dotted) },
        mark: {
          type: 'point',
          filled: true,
          size: 55,
          opacity: 1,
          clip: x.domain !== undefined || y.domain !== undefined,
        },
        encoding: {
          x: { field: 'x', type: 'quantitative' },
          y: { field: 'y', type: 'quantitative' },
          color,
        },
      },
      ...(levels.length > 0 ? [namesOfLevels(levels)] : []),
    ],
  };
};

/**
 * Lines as SVG text.
 *
 * @example
 * ```ts
 * const svg = await lineChart({
 *   title: 'Reconstruction error',
 *   x: { title: 'width of the code', log: true },
 *   y: { title: 'squared error per image' },
 *   lines: [{ name: 'PCA', points: [[2, 40], [4, 30]], dots: true }],
 * });
 * svg.startsWith('<svg'); // true
 * ```
 */
export const lineChart = (chart: LineChart): Promise<string> => drawn(lines(chart));
