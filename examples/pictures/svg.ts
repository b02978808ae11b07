import * as vega from 'vega';
import { type TopLevelSpec, compile } from 'vega-lite';

/** Places to a hundredth of a pixel: vega writes fifteen digits, half of a file of many marks. */
const rounded = (svg: string): string =>
  svg.replaceAll(/ (?:d|transform)="[^"]*"/g, (places) => places.replaceAll(/(\.\d\d)\d+/g, '$1'));

/** A chart as SVG text. Prints nothing. */
export const svgOf = async (chart: TopLevelSpec): Promise<string> => {
  const { spec } = compile(chart);
  const view = new vega.View(vega.parse(spec), { renderer: 'none', logLevel: vega.None });
  return rounded(await view.toSVG());
};
