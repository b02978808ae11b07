/** Points in a plane, in groups that have a name. */
import { type Axis, type Chart, type Frame, drawn, framed, measured, named } from './chart.js';
import type { Point } from './line-chart.js';

/** Points of one kind. */
export interface Cloud {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Scatter extends Frame {
  readonly x: Axis;
  readonly y: Axis;
  readonly clouds: readonly Cloud[];
  /** The area of a dot in square pixels. */
  readonly size?: number;
  readonly opacity?: number;
  /** One unit is as long on both axes; both must then have a domain, and `height` follows `width`. */
  readonly equal?: boolean;
  readonly colours?: readonly string[];
}

/** The chart as a value, to stand beside others. */
export const points = (chart: Scatter): Chart => {
  const { x, y, clouds, size = 16, opacity = 0.6, equal = false, width = 420, colours } = chart;
  const [xs, ys] = [x.domain ?? [0, 1], y.domain ?? [0, 1]];
  const height = equal ? (width * (ys[1] - ys[0])) / (xs[1] - xs[0]) : (chart.height ?? 420);
  return {
    ...framed({ ...chart, width, height }),
    layer: [
      {
        data: {
          values: clouds.flatMap((cloud) =>
            cloud.points.map(([px, py]) => ({ x: px, y: py, name: cloud.name })),
          ),
        },
        // A description of every dot would be most of the file.
        mark: { type: 'point', filled: true, size, opacity, clip: true, aria: false },
        encoding: {
          x: measured('x', x),
          y: measured('y', y),
          color: named(
            clouds.map(({ name }) => name),
            colours,
          ),
        },
      },
    ],
    config: { legend: { symbolOpacity: 1 } },
  };
};

/**
 * Points as SVG text.
 *
 * @example
 * ```ts
 * const svg = await scatter({
 *   title: 'Codes',
 *   x: { title: 'z₁' },
 *   y: { title: 'z₂' },
 *   clouds: [{ name: 'prior', points: [[0, 1], [1, 0]] }],
 * });
 * svg.startsWith('<svg'); // true
 * ```
 */
export const scatter = (chart: Scatter): Promise<string> => drawn(points(chart));
