/** The sites of a program: draws, observations, derived values and factors. */
import { type Distribution, type Gradient, isDistribution } from '../law/distribution.js';
import type { Support } from '../supports/support.js';
import { described } from '../tensors/described.js';
import { SiteError, siteLabel } from '../refusals/error.js';
import { type Tensor, type TensorLike, asTensor, lifted } from '../tensors/tensor.js';
import { checkPresent } from './given.js';
import { checkName } from './name.js';
import { type Program, perform } from './program.js';
import type { Deterministic, Factor, Latent, Observed } from './site.js';

/** The law of a site; throws for what is none, such as a family that was not called. */
export const lawOf = <D extends Distribution>(name: string, distribution: D): D => {
  checkName('site', name);
  if (isDistribution(distribution)) return distribution;
  throw new SiteError({
    site: siteLabel(name),
    expected: 'a distribution',
    received: described(distribution).words,
    cure: 'Give the law of the site: normal(0, 1), for one; a known number is no random choice.',
  });
};

/**
 * A random choice named `name`: unknown until it is conditioned on or inferred.
 *
 * Returns a value of shape `[...plates, ...event]`, of one draw. The batch of `distribution` must
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
  perform({
    op: 'sample',
    name,
    distribution: lawOf(name, distribution),
    plates: [],
    hidden: false,
  });

/** A value that was observed, whatever its type. */
const observedAs = (name: string, value: TensorLike): Tensor => {
  checkPresent(name, value);
  return lifted(value, siteLabel(name));
};

/**
 * A random choice whose value is known: it adds log p(value) to the log joint. A tensor of int32 or
 * bool is scored as float32; the program gets back what was given.
 *
 * - Errors: a value that no draw could be throws a `SiteError` where the program is run. A grey value
 *   between 0 and 1 passes as a bit; `lint` warns of it.
 *
 * @example
 * ```ts
 * const model = observe('x', normal(0, 1), 2);
 * logDensity(model, {}).dataSync()[0]; // -2.9189386
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
    distribution: lawOf(name, distribution),
    plates: [],
    observed: observedAs(name, value),
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
 * item(trace(model, { values: { z: 3 } }).sites.square.value); // 9
 * ```
 */
export const deterministic = <const N extends string>(
  name: N,
  value: TensorLike,
): Program<Deterministic<N>, Tensor> => {
  checkName('site', name);
  return perform({
    op: 'deterministic',
    name,
    value: lifted(value, siteLabel(name)),
    plates: [],
  });
};

/**
 * Adds `logFactor`, in nats, to the log joint: a soft constraint or a hand-written likelihood.
 * Inside plates its shape broadcasts to theirs and it is summed over them.
 *
 * @example
 * ```ts
 * logDensity(factor('penalty', -0.5), {}).dataSync()[0]; // -0.5
 * ```
 */
export const factor = <const N extends string>(
  name: N,
  logFactor: TensorLike,
): Program<Factor<N>, Tensor> => {
  checkName('site', name);
  return perform({
    op: 'factor',
    name,
    logFactor: asTensor(logFactor, siteLabel(name)),
    plates: [],
  });
};
