/** Networks, and the flows made of them, as programs over parameters. The entry `marginalia/nn`. */
import '../backend/on-import.js';
export {
  type AutoregressiveOptions,
  inverseAutoregressive,
  maskedAutoregressive,
} from '../../dsl/flows/autoregressive.js';
export { affineCoupling, splineCoupling } from '../../dsl/flows/coupling.js';
export type { Flow } from '../../dsl/flows/flow.js';
export type { FlowOptions } from '../../dsl/flows/options.js';
export { type PlanarOptions, planar } from '../../dsl/flows/planar.js';
export type { SplineOptions } from '../../dsl/flows/spline.js';
export { stacked } from '../../dsl/flows/stacked.js';
export type { Activation } from '../../dsl/network/activation.js';
export {
  type Conv2dLayer,
  type Conv2dOptions,
  type Conv2dTransposeOptions,
  conv2d,
  conv2dTranspose,
} from '../../dsl/network/convolution.js';
export * from '../../dsl/network/dense.js';
export { type DropoutOptions, dropout } from '../../dsl/network/dropout.js';
export * as initializers from '../../dsl/network/initializer.js';
export { type Layer, flatten, sequential, unflatten } from '../../dsl/network/layer.js';
export { type MlpOptions, mlp } from '../../dsl/network/mlp.js';
export { network } from '../../dsl/network/network.js';
export * from '../../dsl/network/normalization.js';
export {
  type TransposedLayerOptions,
  transposedLayer,
} from '../../dsl/network/transposed-layer.js';
export { type Net, apply, functionOf } from '../../dsl/program/apply.js';
export { type WithParams, withParams } from '../../dsl/program/with-params.js';
