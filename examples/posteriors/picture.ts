/** Every parameter's interval by the guides, in units of the reference's. */
import type { TopLevelSpec } from 'vega-lite';
import { svgOf } from '../pictures/svg.js';
import type { Fitted } from './fit-posterior.js';

/** The fits of one posterior. */
export interface Fits {
  readonly name: string;
  readonly fits: readonly Fitted[];
}

const REACH = 4;
const LAWS = ['reference', 'simpler guide', 'guide'] as const;

const intervals = ({ fits }: Fits) => {
  const [first, last] = [fits[0], fits.at(-1)];
  const of = (law: (typeof LAWS)[number], fit: Fitted | undefined) =>
    (fit?.guide ?? []).map(({ name, reference: r, fitted }) => {
      const { mean, low, high } =
        law === 'reference' ? { mean: r.mean, low: r['q2.5'], high: r['q97.5'] } : fitted;
      const unit = (x: number): number => (x - r.mean) / r.sd;
      return { name, law, mean: unit(mean), low: unit(low), high: unit(high) };
    });
  return [...of('reference', last), ...of('simpler guide', first), ...of('guide', last)];
};

const specOf = (all: readonly Fits[]): TopLevelSpec => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  padding: 16,
  background: 'white',
  columns: 2,
  concat: all.map((one) => ({
    width: 300,
    height: { step: 9 },
    title: {
      text: one.name,
      subtitle: `${one.fits[0]?.family ?? ''} and ${one.fits.at(-1)?.family ?? ''}`,
      anchor: 'start' as const,
      offset: 8,
    },
    data: { values: intervals(one) },
    encoding: {
      y: { field: 'name', type: 'nominal' as const, title: null, sort: null },
      yOffset: { field: 'law', sort: [...LAWS] },
      color: {
        field: 'law',
        type: 'nominal' as const,
        title: null,
        scale: { domain: [...LAWS], range: ['#555555', '#e8a33d', '#d1495b'] },
      },
    },
    layer: [
      {
        mark: { type: 'rule' as const, strokeWidth: 3, clip: true },
        encoding: {
          x: {
            field: 'low',
            type: 'quantitative' as const,
            title: '95 % interval, in sd of the reference',
            scale: { domain: [-REACH, REACH] },
          },
          x2: { field: 'high' },
        },
      },
      {
        mark: { type: 'point' as const, filled: true, size: 30, opacity: 1, clip: true },
        encoding: { x: { field: 'mean', type: 'quantitative' as const } },
      },
    ],
  })),
  config: {
    font: 'Helvetica, Arial, sans-serif',
    view: { stroke: '#dddddd' },
    title: { fontSize: 13, fontWeight: 600, subtitleFontSize: 12, subtitleColor: '#666666' },
    axis: { titleFontWeight: 400, gridColor: '#eeeeee' },
    legend: { orient: 'bottom', symbolType: 'stroke', symbolStrokeWidth: 3 },
  },
});

/** The intervals as SVG text. */
export const intervalsPicture = (all: readonly Fits[]): Promise<string> => svgOf(specOf(all));
