/**
 * Bijectors: invertible differentiable maps with their log Jacobian determinants.
 *
 * Laws: `inverse(forward(x)) = x`; `logAbsDetJacobian(x)` is log |det ∂forward/∂x|, summed over
 * the event axes of the map, in nats.
 */
import type { Shape } from './noise.js';
import type { ContinuousSupport } from './support.js';
import type { Tensor } from './tensors/tensor.js';

/** An invertible map onto values of the support `S`. */
export interface Bijector<S extends ContinuousSupport = ContinuousSupport> {
  readonly name: string;
  /**
   * The name again, where it tells the map: no tensor has a part in it, and maps of one name are one
   * map. Draws of such a map are scored at what they are images of, so that nothing is lost where
   * float32 rounds them to a bound; the draws of others are scored at their values alone.
   */
  readonly key?: string;
  readonly codomain: S;
  /** The tensors that the map was made from: where its dependence on other sites shows. */
  readonly parameters?: readonly Tensor[];
  /** Event axes that the map mixes, on its input; 0 for an elementwise map. */
  readonly inputRank: number;
  readonly forward: (x: Tensor) => Tensor;
  readonly inverse: (y: Tensor) => Tensor;
  /** log |det J| at x, without the `inputRank` event axes. */
  readonly logAbsDetJacobian: (x: Tensor) => Tensor;
  /** The input's shape for an output of this shape. */
  readonly inputShape: (output: Shape) => Shape;
  /** The output's shape for an input of this shape. */
  readonly outputShape: (input: Shape) => Shape;
}

const unchanged = (shape: Shape): Shape => shape;

/** Builds an elementwise bijector that its name tells, without parameters; shapes are unchanged. */
export const elementwise = <S extends ContinuousSupport>(
  spec: Pick<Bijector<S>, 'name' | 'codomain' | 'forward' | 'inverse' | 'logAbsDetJacobian'>,
): Bijector<S> => ({
  ...spec,
  key: spec.name,
  parameters: [],
  inputRank: 0,
  inputShape: unchanged,
  outputShape: unchanged,
});
