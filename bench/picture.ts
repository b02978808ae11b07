/** Cost against size as a picture: both axes logarithmic, a line for each contender. */
import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import * as vega from 'vega';
import { type TopLevelSpec, compile } from 'vega-lite';

/** How long a step of a contender takes at a size. */
export interface Cost {
  readonly contender: string;
  readonly size: number;
  readonly ms: number;
}

export interface CostPicture {
  readonly title: string;
  readonly axis: string;
  readonly costs: readonly Cost[];
}

const INK = '#333333';
const FONT = 'DejaVu Sans';
const SCALE = 2;

/** Ours in the colour that stands out; a contender has the same in every picture. */
const COLOURS: Readonly<Record<string, string>> = {
  marginalia: '#d1495b',
  pytorch: '#30638e',
  'jax-js': '#edae49',
  'tfjs-wasm': '#7a5195',
  matmul: '#8d96a3',
};

const powersOfTen = (values: readonly number[]): readonly number[] => {
  const logs = values.filter((v) => v > 0).map((v) => Math.log10(v));
  const from = Math.floor(Math.min(...logs));
  const to = Math.ceil(Math.max(...logs));
  return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
};

const specOf = ({ title, axis, costs }: CostPicture): TopLevelSpec => {
  const contenders = [...new Set(costs.map(({ contender }) => contender))];
  const ticks = powersOfTen(costs.map(({ ms }) => ms));
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 560,
    height: 360,
    padding: 16,
    background: 'white',
    title: { text: title, anchor: 'start', fontSize: 14, fontWeight: 400, color: INK, offset: 14 },
    data: { values: [...costs] },
    mark: { type: 'line', strokeWidth: 2, point: { size: 46, filled: true } },
    encoding: {
      x: {
        field: 'size',
        type: 'quantitative',
        title: axis,
        scale: { type: 'log', nice: false, padding: 12 },
        axis: { values: [...new Set(costs.map(({ size }) => size))], format: 'd', grid: false },
      },
      y: {
        field: 'ms',
        type: 'quantitative',
        title: 'milliseconds a step',
        scale: { type: 'log', domain: [ticks[0] ?? 0.1, ticks.at(-1) ?? 10] },
        axis: { values: [...ticks], format: '~g' },
      },
      color: {
        field: 'contender',
        type: 'nominal',
        title: null,
        sort: contenders,
        scale: { domain: contenders, range: contenders.map((name) => COLOURS[name] ?? INK) },
      },
    },
    config: {
      font: FONT,
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
      legend: {
        orient: 'right',
        symbolType: 'stroke',
        symbolSize: 400,
        symbolStrokeWidth: 3,
        labelFontSize: 13,
        labelColor: INK,
        labelLimit: 240,
      },
    },
  };
};

// A machine without fonts would leave the words out of the picture.
const fontFile = (): string =>
  createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');

/** The bytes of a PNG. */
export const costPicture = async (picture: CostPicture): Promise<Uint8Array> => {
  const { spec } = compile(specOf(picture));
  const view = new vega.View(vega.parse(spec), { renderer: 'none', logLevel: vega.None });
  const svg = await view.toSVG();
  const font = { fontFiles: [fontFile()], loadSystemFonts: false, defaultFontFamily: FONT };
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: SCALE } }).render().asPng();
};
