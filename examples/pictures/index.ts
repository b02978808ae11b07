/** Pictures of the examples, all in one style. */
export { type Bar, type BarChart, bars, columns } from './bars.js';
export { type Axis, type Chart, type Frame, panels } from './chart.js';
export { type BoundCurve, type CurvePoint, boundCurve } from './curve.js';
export { type Heatmap, cells, heatmap } from './heatmap.js';
export { type ImageRow, type LabelledImages, labelledImages } from './labelled-images.js';
export { type LatentPlane, latentPlane } from './latent-plane.js';
export { type Line, type LineChart, type Point, lineChart, lines } from './line-chart.js';
export { type ImageGrid, imageGrid } from './png.js';
export { type Cloud, type Scatter, points, scatter } from './scatter.js';
