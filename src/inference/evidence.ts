/** Log evidence by importance sampling, with any number of samples in bounded memory. */
import * as tf from '@tensorflow/tfjs';
import type { Program, Tensor } from '../../dsl/index.js';
import type { Derivation } from '../bounds/derivation.js';
import { drawJoint } from '../bounds/joint.js';
import { logWeights } from '../bounds/log-weights.js';
import { depthOf } from '../interpreters/depth.js';
import { parameterOf } from '../interpreters/environment.js';
import { type NoiseSource, keyedNoise } from '../noise-source.js';
import type { Params } from '../params.js';
import { type Key, foldIn } from '../random/index.js';

export interface EvidenceOptions {
  readonly key: Key;
  readonly params?: Params;
  /** Draws of the guide. */
  readonly samples: number;
  /** How many of them are in memory at once. */
  readonly chunk?: number;
}

/** An estimate of log evidence; one number for each element of the plates that all sites share. */
export interface Evidence {
  /** log p(data), nats, by element. */
  readonly logEvidence: Float64Array;
  /** Standard error of each, by the delta method, nats. */
  readonly standardError: Float64Array;
  /** (Σ w)² / Σ w² by element: how many draws from the posterior the samples are worth. */
  readonly effectiveSampleSize: Float64Array;
  /** Σ of logEvidence: that of the whole batch. */
  readonly total: number;
}

/** Every site drawn, none summed: importance weights need a draw. */
export const weighing = (particles: number, depth: number): Derivation => ({
  objective: 'evidence',
  symbol: 'log p(data)',
  particles,
  depth,
  latents: [],
  terms: [],
});

interface Sums {
  readonly peak: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** Adds a chunk of log weights to running Σ w and Σ w², kept relative to their largest weight. */
const accumulate = (sums: Sums | undefined, weights: ArrayLike<number>, rows: number): Sums => {
  const width = weights.length / rows;
  const { peak, first, second } = sums ?? {
    peak: new Float64Array(width).fill(-Infinity),
    first: new Float64Array(width),
    second: new Float64Array(width),
  };
  for (let j = 0; j < width; j += 1) {
    for (let i = 0; i < rows; i += 1) {
      const w = weights[i * width + j] ?? Number.NaN;
      const top = peak[j] ?? -Infinity;
      if (w > top) {
        const shrink = Math.exp(top - w);
        peak[j] = w;
        first[j] = (first[j] ?? 0) * shrink + 1;
        second[j] = (second[j] ?? 0) * shrink * shrink + 1;
      } else if (w !== -Infinity) {
        const ratio = Math.exp(w - top);
        first[j] = (first[j] ?? 0) + ratio;
        second[j] = (second[j] ?? 0) + ratio * ratio;
      }
    }
  }
  return { peak, first, second };
};

const summarise = ({ peak, first, second }: Sums, samples: number): Evidence => {
  const logEvidence = peak.map((m, i) => m + Math.log((first[i] ?? 0) / samples));
  const effectiveSampleSize = first.map((s, i) => (s * s) / (second[i] || 1));
  return {
    logEvidence,
    effectiveSampleSize,
    // The relative variance of the mean weight is 1/ESS − 1/K.
    standardError: effectiveSampleSize.map((n) => Math.sqrt(Math.max(0, 1 / n - 1 / samples))),
    total: logEvidence.reduce((a, b) => a + b, 0),
  };
};

/** log w of `count` draws of the guide, `[count, ...shared plates]`. */
export const drawWeights = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  {
    params,
    noise,
    count,
    depth,
  }: {
    readonly params: Params;
    readonly noise: NoiseSource;
    readonly count: number;
    readonly depth: number;
  },
): Tensor =>
  logWeights(
    drawJoint(model, guide, weighing(count, depth), {
      noise,
      parameter: parameterOf(params, noise),
    }),
  );

/** Sums up weights that are drawn a chunk at a time, each with a key of its own. */
export const evidenceFrom = async (
  { key, samples, chunk = 16 }: Omit<EvidenceOptions, 'params'>,
  weightsOf: (count: number, key: Key) => Promise<Tensor>,
): Promise<Evidence> => {
  for (const [name, value] of Object.entries({ samples, chunk })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `evidence: expected ${name} to be a whole number of at least 1, but got ${value}.`,
      );
    }
  }
  let sums: Sums | undefined;
  for (let done = 0, part = 0; done < samples; part += 1) {
    const count = Math.min(chunk, samples - done);
    const weights = await weightsOf(count, foldIn(key, part));
    const values = await weights.data();
    weights.dispose();
    sums = accumulate(sums, values, count);
    done += count;
  }
  if (sums === undefined) throw new Error('evidence: no sample was drawn.');
  return summarise(sums, samples);
};

/**
 * log p(data) by importance sampling with the guide as proposal:
 * log 1/K Σ_k p(data, z_k) / q(z_k), z_k ~ q, in nats.
 *
 * - A lower bound in expectation that tightens with K. Where all sites lie in the same plates there
 *   is one estimate an element; otherwise one for all.
 * - Memory: `chunk` samples at a time, whatever `samples` is. Sums are kept in double precision.
 * - Errors: a subsampled plate beside shared latent sites throws a `SiteError`.
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
export const evidence = async (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  { key, params = {}, samples, chunk = 16 }: EvidenceOptions,
): Promise<Evidence> => {
  const depth = Math.max(depthOf(model, { params, key }), depthOf(guide, { params, key }));
  return evidenceFrom({ key, samples, chunk }, async (count, part) =>
    tf.tidy(() => drawWeights(model, guide, { params, noise: keyedNoise(part), count, depth })),
  );
};
