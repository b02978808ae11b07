import * as vega from 'vega';
import { type TopLevelSpec, compile } from 'vega-lite';

/** A chart as SVG text. Prints nothing. */
export const svgOf = (chart: TopLevelSpec): Promise<string> =>
  new vega.View(vega.parse(compile(chart).spec), { renderer: 'none', logLevel: vega.None }).toSVG();
