/** The posterior beside draws of each guide. */
import { type TopLevelSpec } from 'vega-lite';
import { svgOf } from '../pictures/svg.js';

/** Draws of one law, and what to write over them. */
export interface Panel {
  readonly title: string;
  readonly subtitle: string;
  readonly draws: readonly (readonly [number, number])[];
}

const REACH = 3.6;

const specOf = (panels: readonly Panel[]): TopLevelSpec => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  padding: 16,
  background: 'white',
  columns: 3,
  concat: panels.map(({ title, subtitle, draws }, i) => ({
    width: 260,
    height: 260,
    title: { text: title, subtitle, anchor: 'start' as const, offset: 8 },
    data: { values: draws.map(([x, y]) => ({ x, y })) },
    mark: {
      type: 'point' as const,
      filled: true,
      size: 9,
      opacity: 0.35,
      clip: true,
      color: i === 0 ? '#333333' : '#d1495b',
    },
    encoding: {
      x: { field: 'x', type: 'quantitative' as const, scale: { domain: [-REACH, REACH] } },
      y: { field: 'y', type: 'quantitative' as const, scale: { domain: [-REACH, REACH] } },
    },
  })),
  config: {
    font: 'Helvetica, Arial, sans-serif',
    view: { stroke: '#dddddd' },
    title: { fontSize: 13, fontWeight: 600, subtitleFontSize: 12, subtitleColor: '#666666' },
    axis: { grid: false, tickCount: 5, domain: false, titleFontWeight: 400 },
  },
});

/** The panels as SVG text. */
export const ringPicture = (panels: readonly Panel[]): Promise<string> => svgOf(specOf(panels));
