/** The sites of a program: draws, observations, derived values and factors. */
import * as tf from '@tensorflow/tfjs';
import type { Distribution, Gradient } from '../distribution.js';
import type { Support } from '../support.js';
import { type TensorLike, asTensor } from '../tensor.js';
import type { Tensor } from '../tensor.js';
import { givenValue } from './given.js';
import { type Program, perform } from './program.js';
import type { Deterministic, Factor, Latent, Observed } from './site.js';

/**
 * A random choice named `name`: unknown until it is conditioned on or inferred.
 *
 * Returns a value of shape `[...particles, ...plates, ...event]`. The batch of `distribution` must
 * broadcast to the plates around the site: axes that belong to one joint law go into `independent`.
 *
 * @example
 * ```ts
 * const coin = sample('coin', bernoulli({ probs: 0.5 }));
 * Object.keys(trace(coin, { key: key(1) }).sites); // ['coin']
 * ```
 */
export const sample = <const N extends string, S extends Support, G extends Gradient>(
  name: N,
  distribution: Distribution<S, G>,
): Program<Latent<N, S, G>, Tensor> =>
  perform({ op: 'sample', name, distribution, plates: [], hidden: false });

/**
 * A random choice whose value is known: it adds log p(value) to the log joint.
 *
 * @example
 * ```ts
 * const model = observe('x', normal(0, 1), 2);
 * score(model, {}).dataSync()[0]; // -2.9189386
 * ```
 */
export const observe = <const N extends string>(
  name: N,
  distribution: Distribution,
  value: TensorLike,
): Program<Observed<N>, Tensor> =>
  perform({
    op: 'sample',
    name,
    distribution,
    plates: [],
    observed: givenValue(name, value),
    hidden: false,
  });

/**
 * Names a value that is a function of other sites, so that traces and predictions show it.
 *
 * @example
 * ```ts
 * const model = program(function* () {
 *   const z = yield* sample('z', normal(0, 1));
 *   return yield* deterministic('square', tf.square(z));
 * });
 * trace(model, { values: { z: 3 } }).sites['square']?.value.dataSync()[0]; // 9
 * ```
 */
export const deterministic = <const N extends string>(
  name: N,
  value: TensorLike,
): Program<Deterministic<N>, Tensor> =>
  perform({ op: 'deterministic', name, value: asTensor(value), plates: [] });

/**
 * Adds `logFactor`, in nats, to the log joint: a soft constraint or a hand-written likelihood.
 * Inside plates its shape broadcasts to theirs and it is summed over them.
 *
 * @example
 * ```ts
 * score(factor('penalty', -0.5), {}).dataSync()[0]; // -0.5
 * ```
 */
export const factor = <const N extends string>(
  name: N,
  logFactor: TensorLike,
): Program<Factor<N>, Tensor> =>
  perform({
    op: 'factor',
    name,
    logFactor: tf.cast(asTensor(logFactor), 'float32'),
    plates: [],
  });
