import type { TopLevelSpec } from 'vega-lite';
import { svgOf } from './svg.js';

/** A bound's value, in nats per image, after a training step. */
export interface CurvePoint {
  readonly step: number;
  readonly value: number;
}

/** The two curves of a training run, and the title above them. */
export interface BoundCurve {
  readonly train: readonly CurvePoint[];
  readonly test: readonly CurvePoint[];
  readonly title: string;
}

const INK = '#333333';

/**
 * The least value past the first twentieth of the run. The chart ends there: the first steps climb
 * by hundreds of nats, and with them in view all that follows would be a flat line.
 */
const floorOf = ({ train, test }: BoundCurve): number => {
  const points = [...train, ...test].filter(({ value }) => Number.isFinite(value));
  const last = points.reduce((most, { step }) => Math.max(most, step), 0);
  return points
    .filter(({ step }) => step >= last / 20)
    .reduce((least, { value }) => Math.min(least, value), Infinity);
};

const specOf = ({ train, test, title }: BoundCurve, floor: number): TopLevelSpec => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  width: 560,
  height: 320,
  padding: 16,
  background: 'white',
  title: { text: title, anchor: 'start', fontSize: 16, fontWeight: 600, color: INK, offset: 14 },
  data: {
    values: [
      ...train.map((point) => ({ ...point, set: 'train' })),
      // Left out rather than clipped, which would halve the dot at the chart's right edge.
      ...test.filter(({ value }) => !(value < floor)).map((point) => ({ ...point, set: 'test' })),
    ],
  },
  encoding: {
    x: {
      field: 'step',
      type: 'quantitative',
      title: 'training step',
      scale: { zero: true, nice: false },
      axis: { tickCount: 6 },
    },
    y: {
      field: 'value',
      type: 'quantitative',
      title: 'ELBO (nats per image)',
      scale: { zero: false, ...(Number.isFinite(floor) ? { domainMin: floor } : {}) },
      axis: { tickCount: 6 },
    },
    color: {
      field: 'set',
      type: 'nominal',
      title: null,
      scale: { domain: ['train', 'test'], range: ['#9ab8d8', '#d1495b'] },
    },
  },
  layer: [
    {
      mark: { type: 'line', strokeWidth: 1.5, clip: true },
      transform: [{ filter: "datum.set === 'train'" }],
    },
    {
      mark: { type: 'line', strokeWidth: 2.5, point: { size: 36, filled: true } },
      transform: [{ filter: "datum.set === 'test'" }],
    },
  ],
  config: {
    font: 'Helvetica, Arial, sans-serif',
    view: { stroke: null },
    axis: {
      labelColor: INK,
      titleColor: INK,
      labelFontSize: 12,
      titleFontSize: 13,
      titleFontWeight: 400,
      titlePadding: 10,
      gridColor: '#e8e8e8',
      domainColor: '#bbbbbb',
      tickColor: '#bbbbbb',
    },
    axisX: { grid: false },
    legend: {
      orient: 'bottom-right',
      symbolType: 'stroke',
      symbolSize: 400,
      symbolStrokeWidth: 3,
      labelFontSize: 13,
      labelColor: INK,
    },
  },
});

/**
 * A line chart of the bound against the training step, as SVG text.
 *
 * The steps of the two curves need not agree, and either may be empty. What lies below the least
 * value past the first twentieth of the run is cut off. Prints nothing.
 *
 * @example
 * ```ts
 * const svg = await boundCurve({
 *   train: [{ step: 0, value: -543 }, { step: 100, value: -180 }],
 *   test: [{ step: 100, value: -178 }],
 *   title: 'Variational autoencoder',
 * });
 * svg.startsWith('<svg'); // true
 * ```
 */
export const boundCurve = (curve: BoundCurve): Promise<string> =>
  svgOf(specOf(curve, floorOf(curve)));
