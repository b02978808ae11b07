/** The derivation of a bound from a model and a guide, without training anything. */
import type { Program } from '../../dsl/index.js';
import type { Environment } from '../interpreters/environment.js';
import { parameterOf } from '../interpreters/environment.js';
import { keyedNoise } from '../noise-source.js';
import { key as keyOf } from '../random/index.js';
import { scoped } from '../scoped.js';
import { type Derivation, deriveFrom } from './derivation.js';
import type { Fit } from './fit.js';
import { assertFits } from './misfit.js';
import type { Objective } from './objective.js';
import { inspect } from './structure.js';

/**
 * Derives an objective: which terms it has, how each latent site's expectation is taken, and why.
 *
 * Runs model and guide once to see their structure; a guide that does not fit throws a
 * `GuideMisfitError`. The result is plain data: print it with `showDerivation` or `latex`.
 *
 * @example
 * ```ts
 * const model = condition(
 *   program(function* () {
 *     const z = yield* sample('z', normal(0, 1));
 *     yield* sample('x', normal(z, 1));
 *   }),
 *   { x: 5 },
 * );
 * derive(model, sample('z', normal(2, 1)), elbo()).terms.map((t) => t.kind); // ['kl', 'logLikelihood']
 * ```
 */
export const derive = <EM, EG, O extends Objective>(
  model: Program<EM, unknown>,
  guide: Program<EG, unknown> & Fit<EM, EG, O>,
  objective: O,
  { key = keyOf(0), params = {} }: Pick<Environment, 'key' | 'params'> = {},
): Derivation =>
  scoped(
    () => {
      const noise = keyedNoise(key);
      const structure = inspect(model, guide, { noise, parameter: parameterOf(params, noise) });
      assertFits(structure, objective);
      return deriveFrom(structure, objective);
    },
    () => [],
  );
