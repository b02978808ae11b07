/** Bars: a number for each of a few things, side by side in groups where they have two names. */
import { type Axis, type Chart, type Frame, drawn, framed, measured, named } from './chart.js';
import { COLOURS } from './style.js';

export interface Bar {
  /** What stands under it. */
  readonly label: string;
  readonly value: number;
  /** The name of its colour, where bars of one label stand side by side. */
  readonly name?: string;
}

export interface BarChart extends Frame {
  /** What the labels are. */
  readonly x: string;
  readonly y: Axis;
  readonly bars: readonly Bar[];
  /** A level to compare with, across the chart. */
  readonly levels?: readonly { readonly name: string; readonly y: number }[];
}

const distinct = (words: readonly string[]): readonly string[] => [...new Set(words)];

/** The chart as a value, to stand beside others. */
export const columns = (chart: BarChart): Chart => {
  const { x, y, levels = [] } = chart;
  const labels = distinct(chart.bars.map(({ label }) => label));
  const names = distinct(chart.bars.map(({ name = '' }) => name));
  const color = names.length > 1 ? named(names) : { value: COLOURS[0] ?? '' };
  return {
    ...framed(chart),
    layer: [
      {
        data: {
          values: chart.bars.map(({ label, value, name = '' }) => ({ label, value, name })),
        },
        mark: { type: 'bar', clip: true },
        encoding: {
          x: {
            field: 'label',
            type: 'nominal',
            title: x,
            sort: [...labels],
            // A word a line: beside other charts there is no room for more.
            axis: { labelAngle: 0, labelExpr: "split(datum.label, ' ')" },
          },
          ...(names.length > 1 && { xOffset: { field: 'name', sort: [...names] } }),
          y: measured('value', { zero: true, ...y }),
          color,
        },
      },
      {
        data: { values: levels.map((level) => ({ ...level })) },
        mark: { type: 'rule', strokeDash: [4, 3], strokeWidth: 1.5 },
        encoding: { y: { field: 'y', type: 'quantitative' } },
      },
      {
        data: { values: levels.map((level) => ({ ...level })) },
        mark: { type: 'text', align: 'right', baseline: 'bottom', dy: -3 },
        encoding: {
          x: { value: 'width' },
          y: { field: 'y', type: 'quantitative' },
          text: { field: 'name' },
        },
      },
    ],
  };
};

/**
 * Bars as SVG text.
 *
 * @example
 * ```ts
 * const svg = await bars({
 *   title: 'Test bound',
 *   x: 'guide',
 *   y: { title: 'nats per image' },
 *   bars: [{ label: 'diagonal', value: 101 }, { label: 'full', value: 99 }],
 * });
 * svg.startsWith('<svg'); // true
 * ```
 */
export const bars = (chart: BarChart): Promise<string> => drawn(columns(chart));
