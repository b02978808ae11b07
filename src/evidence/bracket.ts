/** Log evidence between bounds from both sides. */
import * as tf from '@tensorflow/tfjs';
import { keyRule } from '../random/key-rule.js';
import type { Program } from '../../dsl/index.js';
import { isProgram } from '../../dsl/program/program.js';
import type { Names } from '../../dsl/program/site.js';
import { type PosteriorDraws, drawWeights, posteriorWeights } from './draw-weights.js';
import {
  CHUNK,
  type Evidence,
  type SamplingOptions,
  errorOfTotal,
  evidenceOf,
  totalOf,
} from './log-evidence.js';
import { type Estimates, logPowerMeanWeight, weightedLogWeight } from './weight-sums.js';
import type { WeightsOf } from './weight-stream.js';
import {
  checkWhole,
  demand,
  anything,
  checkOptions,
  recordOf,
  required,
  whole,
} from '../../dsl/refusals/options.js';
import { depthOf } from '../interpreters/depth.js';
import { keyedNoise } from '../random/noise-source.js';
import type { Params } from '../interpreters/params.js';
import { foldIn } from '../random/index.js';
import { gatherBracket } from './gather-bracket.js';
import { depthOfProposal } from './proposal.js';
import { studentQuantile } from './student.js';

/**
 * What is known of a bound. `inExpectation`: the mean of the estimate lies on its side of
 * log p(data), whatever the number of draws. `asymptotically`: the estimate is biased towards
 * log p(data) and lies on its side only as draws become many, and only where the guide covers the
 * posterior; a high k̂ says that they are not enough.
 */
export type Holds = 'inExpectation' | 'asymptotically';

/** One bound on log p(data), by element of the plates that all sites share, nats. */
export interface BracketBound extends Estimates {
  readonly name: string;
  readonly side: 'lower' | 'upper';
  readonly holds: Holds;
  /** Σ over the elements. */
  readonly total: number;
  readonly totalStandardError: number;
}

/**
 * One end of the interval. `withConfidence`: for any number of draws, by Markov's inequality.
 * `asymptotically`: by standard errors of a bound that itself holds only asymptotically.
 */
export interface BracketEnd {
  readonly nats: number;
  /** The bound that it comes from. */
  readonly bound: string;
  readonly holds: 'withConfidence' | 'asymptotically';
}

/** Log evidence of a batch between bounds; every number is in nats. */
export interface Bracket {
  /** Lower bounds, the loosest first, then upper bounds, those that hold in expectation first. */
  readonly bounds: readonly BracketBound[];
  /** log p(batch) by importance sampling, the tightest of the lower bounds. */
  readonly evidence: Evidence;
  /** The ends of an interval for log p(batch). */
  readonly lower: BracketEnd;
  readonly upper: BracketEnd;
  readonly confidence: number;
  /** Elements of the plates that all sites share. */
  readonly elements: number;
  readonly samples: number;
}

export interface BracketSampling extends SamplingOptions {
  /** K of the multi-sample bounds; the root of `samples` where it is left out. */
  readonly particles?: number;
  /** n of the χ upper bound; 2 where it is left out. */
  readonly order?: number;
  /** The probability that both ends are right; 0.99 where it is left out. */
  readonly confidence?: number;
  /** How many draws a posterior program makes; `samples / particles` where it is left out. */
  readonly posteriorSamples?: number;
}

export interface BracketOptions<N extends string = string> extends BracketSampling {
  readonly params?: Params;
  /** Exact draws from the posterior, which make upper bounds that hold for any number of draws. */
  readonly posterior?: PosteriorDraws<N>;
}

/** A bound whose exponential, averaged over `groups` independent groups, obeys Markov's inequality. */
interface Candidate {
  readonly bound: BracketBound;
  readonly groups: number;
}

const boundOf = (
  name: string,
  side: 'lower' | 'upper',
  holds: Holds,
  { values, standardErrors }: Estimates,
): BracketBound => ({
  name,
  side,
  holds,
  values,
  standardErrors,
  total: totalOf(values),
  totalStandardError: errorOfTotal(standardErrors),
});

/**
 * E Π_g ŵ_g / p ≤ 1 over independent groups, so that their mean log exceeds log p by log(1/alarm) / G
 * with at most that probability; the alarm is shared by the candidates.
 */
const sureEnd = (candidates: readonly Candidate[], sign: 1 | -1, alarm: number): BracketEnd => {
  const ends = candidates.map(({ bound, groups }) => ({
    nats: bound.total + (sign * Math.log(candidates.length / alarm)) / groups,
    bound: bound.name,
    holds: 'withConfidence' as const,
  }));
  return ends.reduce((best, end) => (sign * end.nats < sign * best.nats ? end : best));
};

/** The larger of two bounds that are biased downwards, and a few standard errors. */
const likelyEnd = (bounds: readonly BracketBound[], alarm: number): BracketEnd => {
  const errors = studentQuantile(1 - alarm, 1000);
  const ends = bounds.map((b) => ({
    nats: b.total + errors * b.totalStandardError,
    bound: b.name,
    holds: 'asymptotically' as const,
  }));
  return ends.reduce((best, end) => (end.nats > best.nats ? end : best));
};

/** The bracket of weights that are drawn a chunk at a time. */
export const bracketFrom = async (
  options: BracketSampling,
  weightsOf: WeightsOf,
  posterior?: { readonly draws: number; readonly weightsOf: WeightsOf },
): Promise<Bracket> => {
  const { samples, chunk = CHUNK, order = 2, confidence = 0.99 } = options;
  const { particles = Math.max(1, Math.floor(Math.sqrt(samples))) } = options;
  checkWhole('evidence.bracket', {
    samples,
    chunk,
    particles,
    ...(posterior && { posteriorSamples: posterior.draws }),
  });
  const who = 'evidence.bracket';
  const most = `at most ${samples} particles, as many as samples`;
  demand(particles <= samples, who, most, particles, 'take more samples, or fewer particles');
  const finite = order > 1 && Number.isFinite(order);
  demand(finite, who, 'an order greater than 1', order, 'pass order: 2, say');
  const isRate = confidence > 0 && confidence < 1;
  demand(isRate, who, 'a confidence between 0 and 1', confidence, 'pass confidence: 0.95, say');
  const found = await gatherBracket(
    { key: options.key, samples, chunk, particles, order },
    weightsOf,
    posterior,
  );
  const evidence = evidenceOf(found.gathered);
  const lower: readonly Candidate[] = [
    { bound: boundOf('ELBO', 'lower', 'inExpectation', found.elbo), groups: samples },
    {
      bound: boundOf(`IWAE(${particles})`, 'lower', 'inExpectation', found.iwae),
      groups: found.groups,
    },
    {
      bound: boundOf(`IWAE(${samples})`, 'lower', 'inExpectation', {
        values: evidence.logEvidence,
        standardErrors: evidence.standardError,
      }),
      groups: 1,
    },
  ];
  const { exact } = found;
  const sure: readonly Candidate[] =
    exact === undefined
      ? []
      : [
          {
            bound: boundOf(`reverse IWAE(${particles})`, 'upper', 'inExpectation', exact.reverse),
            groups: exact.groups,
          },
          {
            bound: boundOf('EUBO, exact draws', 'upper', 'inExpectation', exact.eubo),
            groups: exact.draws,
          },
        ];
  const { sums } = found.gathered;
  const likely = [
    boundOf('EUBO, weighted draws', 'upper', 'asymptotically', weightedLogWeight(sums)),
    boundOf(`CUBO(${order})`, 'upper', 'asymptotically', logPowerMeanWeight(sums, order)),
  ];
  const alarm = (1 - confidence) / 2;
  return {
    bounds: [...lower, ...sure].map(({ bound }) => bound).concat(likely),
    evidence,
    lower: sureEnd(lower, -1, alarm),
    upper: sure.length > 0 ? sureEnd(sure, 1, alarm) : likelyEnd(likely, alarm),
    confidence,
    elements: evidence.logEvidence.length,
    samples,
  };
};

const drawsOf = (
  posterior: PosteriorDraws,
  { samples, particles, posteriorSamples }: BracketSampling,
): number => {
  if (isProgram(posterior)) {
    return posteriorSamples ?? Math.floor(samples / (particles ?? Math.floor(Math.sqrt(samples))));
  }
  return Math.min(...Object.values(posterior).map((x) => x.shape[0] ?? 0));
};

/** The weights of exact posterior draws, and how many there are. */
export const posteriorStream = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  { params = {}, posterior, ...sampling }: BracketOptions,
): { readonly draws: number; readonly weightsOf: WeightsOf } | undefined => {
  if (posterior === undefined) return undefined;
  const programs = [model, guide, ...(isProgram(posterior) ? [posterior] : [])];
  const depth = Math.max(...programs.map((p) => depthOf(p, { params })));
  return {
    draws: drawsOf(posterior, sampling),
    weightsOf: async (count, part, first) =>
      tf.tidy(() => {
        const noise = keyedNoise(foldIn(part, 'posterior'));
        const draws = { params, noise, count, depth, first, validates: first === 0 };
        return posteriorWeights(model, guide, posterior, draws);
      }),
  };
};

/**
 * Log evidence between bounds from both sides, one row a bound, by element and in total, in nats.
 *
 * - Below: the ELBO, IWAE with K = `particles`, and the importance-sampled log evidence, which is
 *   IWAE with K = `samples`. Each is a lower bound in expectation.
 * - Above: E_p(z|x)[log w] (EUBO) with the guide's weighted draws and CUBO_n = 1/n log E_q[w^n], both
 *   biased downwards, so that they bound only asymptotically. With exact draws from the posterior also
 *   the EUBO and the reverse IWAE, log 1/K (w(z₁) + Σ_{k>1} w(z_k)) with z₁ from the posterior and the
 *   others from the guide: upper bounds in expectation for any K, the last as tight as IWAE.
 * - The interval: as E[p̂] ≤ p below and E[1/p̂] ≤ 1/p above, Markov's inequality for the product over G
 *   independent groups and all elements gives ends that are wrong with at most the probability asked
 *   for, whatever the weights' tails; without exact draws the upper end rests on standard errors.
 * - Exact draws must be exact and independent: those of a long Markov chain are neither quite.
 * - Shapes: one number for each element of the plates that all sites share; totals are of the batch,
 *   not scaled up from a subsample.
 * - Memory: `chunk` draws at a time; sums are kept in double precision.
 * - Errors: those of `evidence`; a count below 1 or more particles than samples is a `RangeError`.
 * - Source: Burda et al. 2016, arXiv:1509.00519; Grosse, Ghahramani and Adams 2015, Sandwiching the
 *   marginal likelihood using bidirectional Monte Carlo, arXiv:1511.02543; Dieng et al. 2017,
 *   arXiv:1611.00328.
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
 * const { lower, upper } = await evidence.bracket(model, sample('z', normal(2, 1)), {
 *   key: key(0),
 *   samples: 1000,
 *   posterior: sample('z', normal(2.5, Math.SQRT1_2)),
 * });
 * lower.nats < -7.5155 && -7.5155 < upper.nats; // true
 * upper.nats - lower.nats < 1; // true
 * ```
 */
export const bracket = async <E>(
  model: Program<unknown, unknown>,
  guide: Program<E, unknown>,
  options: BracketOptions<Names<E, 'latent'>>,
): Promise<Bracket> => {
  checkOptions('evidence.bracket', options, {
    key: required(keyRule),
    params: recordOf('unconstrained tensors'),
    samples: anything,
    chunk: whole(),
    particles: anything,
    order: anything,
    confidence: anything,
    posterior: anything,
    posteriorSamples: whole(),
  });
  const { params = {}, key } = options;
  const depth = depthOfProposal(model, guide, { params, key });
  return bracketFrom(
    options,
    async (count, part, first) =>
      tf.tidy(() => {
        const noise = keyedNoise(part);
        return drawWeights(model, guide, { params, noise, count, depth, validates: first === 0 });
      }),
    posteriorStream(model, guide, options),
  );
};
