/** Elementwise bijectors. */
import type { Shape } from './noise.js';
import type { Bijector, ContinuousSupport } from './support.js';

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
