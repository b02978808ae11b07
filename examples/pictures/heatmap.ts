/** A table of numbers as colours. */
import { type Chart, type Frame, drawn, framed } from './chart.js';

export interface Heatmap extends Frame {
  /** What rows and columns are. */
  readonly x: string;
  readonly y: string;
  /** What a colour measures, with its unit. */
  readonly scale: string;
  readonly values: readonly (readonly number[])[];
  /** Names of rows and columns; numbers from 1 where they are left out. */
  readonly rows?: readonly string[];
  readonly columns?: readonly string[];
  /** Two hues about 0, for numbers of both signs: −1 to 1, say. */
  readonly diverging?: boolean;
  readonly domain?: readonly [number, number];
}

const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => String(i + 1));

/** The chart as a value, to stand beside others. */
export const cells = (chart: Heatmap): Chart => {
  const { values, x, y, scale, diverging = false, domain } = chart;
  const rows = chart.rows ?? numbered(values.length);
  const columns = chart.columns ?? numbered(values[0]?.length ?? 0);
  const side = Math.max(6, Math.min(40, Math.floor(360 / Math.max(rows.length, columns.length))));
  const largest = Math.max(...values.flat().map(Math.abs));
  const range = domain ?? (diverging ? [-largest, largest] : undefined);
  const width = chart.width ?? side * columns.length;
  return {
    ...framed({ height: side * rows.length, ...chart, width }),
    layer: [
      {
        data: {
          values: values.flatMap((row, i) =>
            row.map((value, j) => ({ value, row: rows[i], column: columns[j] })),
          ),
        },
        mark: { type: 'rect' },
        encoding: {
          x: {
            field: 'column',
            type: 'ordinal',
            title: x,
            sort: [...columns],
            axis: { labelAngle: 0, labelOverlap: true, ticks: false },
          },
          y: {
            field: 'row',
            type: 'ordinal',
            title: y,
            sort: [...rows],
            axis: { labelOverlap: true, ticks: false },
          },
          color: {
            field: 'value',
            type: 'quantitative',
            scale: {
              scheme: diverging ? 'blueorange' : 'viridis',
              ...(range && { domain: [...range] }),
              ...(diverging && { reverse: true }),
            },
            legend: { title: scale, titleFontWeight: 400, gradientLength: Math.min(160, width) },
          },
        },
      },
    ],
  };
};

/**
 * A table of numbers as SVG text.
 *
 * @example
 * ```ts
 * const svg = await heatmap({
 *   title: 'Correlation of the posterior',
 *   x: 'dimension',
 *   y: 'dimension',
 *   scale: 'correlation',
 *   values: [[1, -0.5], [-0.5, 1]],
 *   diverging: true,
 * });
 * svg.startsWith('<svg'); // true
 * ```
 */
export const heatmap = (chart: Heatmap): Promise<string> => drawn(cells(chart));
