/** Charts as values: what each kind adds to what all have. */
import type { TopLevelSpec } from 'vega-lite';
import { style } from './style.js';
import { svgOf } from './svg.js';

/** What an axis measures, with its unit. */
export interface Axis {
  readonly title: string;
  readonly log?: boolean;
  readonly domain?: readonly [number, number];
  /** Whether 0 is in view; it is where the data ask for it. */
  readonly zero?: boolean;
  /** The values that are marked, where they are not to be chosen. */
  readonly ticks?: readonly number[];
}

/** What stands over a chart, and its size in pixels. */
export interface Frame {
  readonly title: string;
  readonly subtitle?: string;
  readonly width?: number;
  readonly height?: number;
}

/** One chart, on its own or beside others. */
export type Chart = Extract<TopLevelSpec, { layer: unknown }>;

/** A number's place along an axis, as vega-lite takes it. */
export const measured = (field: string, { title, log, domain, zero, ticks }: Axis) => ({
  field,
  type: 'quantitative' as const,
  title,
  scale: {
    type: log === true ? ('log' as const) : ('linear' as const),
    // The next power of ten may be far, and what lies before it a hole.
    ...(log === true ? { nice: false, padding: 12 } : { zero: zero ?? false }),
    ...(domain && { domain: [...domain], nice: false }),
  },
  axis: {
    ...(ticks && { values: [...ticks] }),
    ...(log === true && !ticks && { format: '~g' }),
  },
});

/** Colours for names, with a legend where there is more than one. */
export const named = (names: readonly string[], colours?: readonly string[]) => ({
  field: 'name',
  type: 'nominal' as const,
  title: null,
  sort: [...names],
  scale: { domain: [...names], ...(colours && { range: [...colours] }) },
  legend: names.length > 1 ? {} : null,
});

/** The size and the words of a chart. */
export const framed = ({ title, subtitle, width = 520, height = 320 }: Frame) => ({
  width,
  height,
  title: { text: title, ...(subtitle !== undefined && { subtitle }) },
});

/** A chart as SVG text. */
export const drawn = (chart: Chart): Promise<string> => svgOf({ ...chart, config: style });

/** The width that a page gives to pictures, and what an axis with its words takes of it, in pixels. */
const [PAGE, AXIS] = [900, 80];

/** A chart that leaves room for those beside it: shrunk on a page, its words could not be read. */
const beside = (chart: Chart, across: number): Chart => {
  const { width, height } = chart;
  const most = Math.floor(PAGE / across) - AXIS;
  if (typeof width !== 'number' || typeof height !== 'number' || width <= most) return chart;
  return { ...chart, width: most, height: Math.round((height * most) / width) };
};

/** Charts beside one another, so many in a row, as SVG text. */
export const panels = (
  charts: readonly Chart[],
  { across = charts.length, title }: { readonly across?: number; readonly title?: string } = {},
): Promise<string> =>
  svgOf({
    ...(title !== undefined && { title: { text: title, offset: 20 } }),
    columns: across,
    spacing: 36,
    concat: charts.map((chart) => ({ ...beside(chart, across), resolve: {} })),
    resolve: { scale: { color: 'independent', strokeDash: 'independent' } },
    config: {
      ...style,
      legend: {
        ...style.legend,
        orient: 'bottom',
        symbolDirection: 'vertical',
        gradientDirection: 'horizontal',
      },
    },
  });
