/** How all pictures look: ink, colours, type. */
import type { Config } from 'vega-lite';

export const INK = '#333333';
export const QUIET = '#777777';

/** Colours of groups that have a name, told apart by most colour-blind eyes, in this order. */
export const COLOURS: readonly string[] = [
  '#2f6db3',
  '#d1495b',
  '#e8a33d',
  '#3a9278',
  '#7a5aa6',
  '#8c6d4f',
  '#4db3c8',
  '#b0578d',
  '#6b6b6b',
  '#9bb53c',
];

export const FONT = 'Helvetica, Arial, sans-serif';

/** Sizes of type in pixels. */
export const TYPE = { title: 16, subtitle: 13, axis: 13, label: 12 } as const;

/** What every chart has. */
export const style: Config = {
  font: FONT,
  background: 'white',
  padding: 16,
  view: { stroke: null },
  range: { category: [...COLOURS] },
  title: {
    anchor: 'start',
    fontSize: TYPE.title,
    fontWeight: 600,
    color: INK,
    offset: 14,
    subtitleFontSize: TYPE.subtitle,
    subtitleColor: QUIET,
    subtitlePadding: 6,
  },
  axis: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: TYPE.label,
    titleFontSize: TYPE.axis,
    titleFontWeight: 400,
    titlePadding: 10,
    gridColor: '#e8e8e8',
    domainColor: '#bbbbbb',
    tickColor: '#bbbbbb',
    tickCount: 6,
  },
  legend: {
    title: null,
    labelFontSize: TYPE.axis,
    labelColor: INK,
    labelLimit: 400,
    symbolSize: 120,
    symbolStrokeWidth: 3,
    rowPadding: 5,
  },
};
