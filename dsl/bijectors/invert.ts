import * as tf from '@tensorflow/tfjs';
import { type ArrayOf, arrayOf } from '../supports/array.js';
import { type Real, real } from '../supports/real.js';
import type {
  AnyBijector,
  Bijector,
  BijectorFrom,
  ContinuousSupport,
  ScalarSupport,
} from '../supports/support.js';

/** The real numbers that a map onto such values is from. */
type RealsFor<S> = S extends ScalarSupport ? Real : ArrayOf<Real>;

/** The same map the other way round. */
function turned(b: AnyBijector): BijectorFrom {
  const { name, key, codomain, domain, parameters = [], inputRank, direction } = b;
  const back = `inverse of ${name}`;
  return {
    name: back,
    ...(key === name && { key: back }),
    domain: codomain,
    codomain: domain ?? (inputRank === 0 ? real : arrayOf(real, inputRank)),
    parameters,
    inputRank: codomain.eventRank,
    ...(direction && { direction }),
    forward: b.inverse,
    inverse: b.forward,
    logAbsDetJacobian: (y) =>
      tf.neg(b.inverseAndLogDet?.(y)[1] ?? b.logAbsDetJacobian(b.inverse(y))),
    inverseAndLogDet: (x) => [b.forward(x), tf.neg(b.logAbsDetJacobian(x))],
    inputShape: b.outputShape,
    outputShape: b.inputShape,
  };
}

/**
 * The inverse of a bijector: from what that is onto, onto what it is from; log |det J| at y is −log |det J| of the
 * bijector at its x. Of a flow it changes which direction is the cheap one.
 *
 * @example
 * ```ts
 * const logit = bijectors.invert(bijectors.sigmoidTo(0, 1));
 * logit.forward(tf.scalar(0.75)).dataSync()[0]; // Math.log(3)
 * transformed(uniform(0, 1), logit).logProb(tf.scalar(0)).dataSync()[0]; // -Math.log(4)
 * ```
 */
export function invert<D extends ContinuousSupport, S extends ContinuousSupport>(
  bijector: BijectorFrom<D, S>,
): BijectorFrom<S, D>;
export function invert<S extends ContinuousSupport>(
  bijector: Bijector<S>,
): BijectorFrom<S, RealsFor<S>>;
export function invert(bijector: AnyBijector): BijectorFrom {
  return turned(bijector);
}
