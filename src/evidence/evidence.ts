/** Log evidence of a model by importance sampling from a guide, alone or between bounds. */
import * as tf from '@tensorflow/tfjs';
import { keyRule } from '../random/key-rule.js';
import { checkOptions, recordOf, required, whole } from '../../dsl/refusals/options.js';
import type { Program } from '../../dsl/index.js';
import { bidirectional } from './bidirectional.js';
import { bracket } from './bracket.js';
import { keyedNoise } from '../random/noise-source.js';
import type { Params } from '../interpreters/params.js';
import { drawWeights } from './draw-weights.js';
import { CHUNK, type Evidence, type SamplingOptions, evidenceFrom } from './log-evidence.js';
import { depthOfProposal } from './proposal.js';

export interface EvidenceOptions extends SamplingOptions {
  readonly params?: Params;
}

const importanceSampled = async (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  options: EvidenceOptions,
): Promise<Evidence> => {
  checkOptions('evidence', options, {
    key: required(keyRule),
    params: recordOf('unconstrained tensors'),
    samples: required(whole()),
    chunk: whole(),
  });
  const { key, params = {}, samples, chunk = CHUNK } = options;
  const depth = depthOfProposal(model, guide, { params, key });
  return evidenceFrom({ key, samples, chunk }, async (count, part, first) =>
    tf.tidy(() => {
      const noise = keyedNoise(part);
      return drawWeights(model, guide, { params, noise, count, depth, validates: first === 0 });
    }),
  );
};

/**
 * log p(data) by importance sampling with the guide as proposal:
 * log 1/K Σ_k p(data, z_k) / q(z_k), z_k ~ q, in nats. `evidence.bracket` puts it between bounds.
 *
 * - A lower bound in expectation that tightens with K. Where all sites lie in the same plates there
 *   is one estimate an element; otherwise one for all.
 * - Whether to believe it: `paretoK`, by element, and `paretoVerdict`.
 * - Memory: `chunk` samples at a time, whatever `samples` is. Sums are kept in double precision.
 * - Errors: a guide that does not fit the model or does not cover it throws a `GuideMisfitError`; a
 *   subsampled plate beside shared latent sites throws a `SiteError`.
 * - Source: Burda et al., Importance Weighted Autoencoders, section 3, arXiv:1509.00519.
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
 * const posterior = sample('z', normal(2.5, Math.SQRT1_2));
 * const { total } = await evidence(model, posterior, { key: key(0), samples: 10 });
 * total; // -7.5155
 * ```
 */
export const evidence = Object.assign(importanceSampled, { bracket, bidirectional });
