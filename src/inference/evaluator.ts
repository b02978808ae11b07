/** Bounds and evidence of one batch after another, compiled. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, evaluation } from '../../dsl/index.js';
import { entryOf, mapped, promised } from '../../dsl/records/dictionary.js';
import type { Names } from '../../dsl/program/site.js';
import { checkOptions, whole } from '../../dsl/refusals/options.js';
import {
  type Bracket,
  type BracketOptions,
  bracketFrom,
  posteriorStream,
} from '../evidence/bracket.js';
import { signOfLoss } from '../bounds/meaning.js';
import { putUnder, takeUnder } from '../../dsl/records/record-paths.js';
import { type Key, foldIn } from '../random/index.js';
import { keyRule } from '../random/key-rule.js';
import { depthOfProposal } from '../evidence/proposal.js';
import { type NoisyFunction, functionRunner } from './compiled/function-runner.js';
import { type EngineOptions, engineRules } from './compiled/engine.js';
import { drawWeights } from '../evidence/draw-weights.js';
import { type Evidence, type SamplingOptions, evidenceFrom } from '../evidence/log-evidence.js';
import type { SviState } from './svi-state.js';
import type { EvaluateOptions, Svi } from './inference.js';
import type { WeightsOf } from '../evidence/weight-stream.js';

/** A bound in numbers, nats. */
export interface Evaluated<T extends string = string> {
  /**
   * The bound itself, be it a lower bound, which is maximised, or an upper one, which is minimised; of a loss
   * that is no bound, the loss.
   */
  readonly bound: number;
  /** The parts by term of a loss, or of what is maximised: a lower bound itself, an upper bound's negative. */
  readonly terms: Readonly<Record<T, number>>;
  /** That of the bound, where it is the mean of several draws. */
  readonly standardError?: number;
}

/** How a bound is evaluated. */
export interface BoundOptions extends EvaluateOptions {
  /**
   * How many estimates are averaged, in double precision, each of as many particles as the objective has: the
   * first from the key itself, as `svi.evaluate` draws. 1 where it is left out.
   */
  readonly draws?: number;
}

/** Evaluates the states of one inference, of the latent sites `N` and the terms `T`. */
export interface Evaluator<B, N extends string = string, T extends string = string> {
  /** The bound of a batch; `svi.evaluate` gives the loss, which is −1 times a lower bound. */
  readonly bound: (state: SviState, batch: B, options?: BoundOptions) => Promise<Evaluated<T>>;
  /** log p(batch) by importance sampling from the guide, as `evidence` gives it. */
  readonly evidence: (state: SviState, batch: B, options: SamplingOptions) => Promise<Evidence>;
  /** log p(batch) between bounds, as `evidence.bracket` gives it. */
  readonly bracket: (
    state: SviState,
    batch: B,
    options: Omit<BracketOptions<N>, 'params'>,
  ) => Promise<Bracket>;
  /** Frees what was compiled. */
  readonly close: () => Promise<void>;
}

/** A batch with the steps taken, which schedules are functions of. */
interface Counted<B> {
  readonly batch: B;
  readonly step: Tensor;
  readonly carry: SviState['carry'];
}

const meanOf = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

const numberOf = (x: tf.Tensor | undefined): number => x?.dataSync()[0] ?? Number.NaN;

/**
 * Compiles the evaluation of an inference: each form of batch is compiled when it first comes, and
 * kept. The numbers are those of `svi.evaluate`, `evidence` and `evidence.bracket` for the same key, of the
 * programs as they are evaluated (`evaluation`): without dropout, say.
 *
 * - Errors: with `engine: 'compiled'`, what cannot be compiled throws; `auto` interprets it and
 *   says so to `onEngine`.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: (x: Tensor) => program(function* () {
 *     const z = yield* sample('z', normal(0, 1));
 *     yield* observe('x', normal(z, 1), x);
 *   }),
 *   guide: (_: Tensor) => sample('z', normal(2.5, Math.SQRT1_2)),
 *   objective: elbo({ closedFormKl: 'never' }),
 *   optimizer: sgd(0.1),
 * });
 * const x = tf.scalar(5);
 * const state = inference.init(key(0), x);
 * const evaluation = evaluator(inference);
 * const { bound } = await evaluation.bound(state, x);
 * bound; // -7.5155
 * const { total } = await evaluation.evidence(state, x, { key: key(1), samples: 10 });
 * total; // -7.5155
 * await evaluation.close();
 * ```
 */
export const evaluator = <B, E, T extends string>(
  svi: Svi<B, string, E, T>,
  options: EngineOptions = {},
): Evaluator<B, Names<E, 'latent'>, T> => {
  checkOptions('evaluator', options, engineRules);
  // The derivation is the same for all states of an inference; it is known with the first.
  let derivation: SviState['derivation'] | undefined;
  let depth: number | undefined;
  const boundOf: NoisyFunction<Counted<B>> = (params, noise, { batch, step, carry }) => {
    if (derivation === undefined) throw new Error('evaluator: no state was given.');
    const { loss, terms } = svi.bound({ params, derivation, step, carry }, noise, batch);
    return { loss, ...putUnder('terms', terms) };
  };
  const bounds = functionRunner(boundOf, options);
  const weights = functionRunner<{ readonly batch: B; readonly count: number }>(
    (params, noise, { batch, count }) => {
      if (depth === undefined) throw new Error('evaluator: no state was given.');
      const draws = { params, noise, count, depth };
      return {
        logWeights: drawWeights(evaluation(svi.model(batch)), evaluation(svi.guide(batch)), draws),
      };
    },
    options,
  );
  const weightsOf = (state: SviState, batch: B): WeightsOf => {
    // Fitting the objective is less than being a proposal; which sites there are is the same for all.
    depth ??= depthOfProposal(svi.model(batch), svi.guide(batch), state);
    return async (count, key) => {
      const { logWeights = tf.scalar(Number.NaN) } = await weights.run(
        state.params,
        { batch, count },
        key,
      );
      return logWeights;
    };
  };
  /** One estimate. */
  const boundAt = async (state: SviState, batch: B, key: Key): Promise<Evaluated> => {
    derivation ??= state.derivation;
    const step = tf.scalar(state.step);
    const made = await bounds.run(state.params, { batch, step, carry: state.carry }, key);
    step.dispose();
    const bound = signOfLoss(state.derivation.meaning) * numberOf(made['loss']);
    const terms = mapped(takeUnder('terms', made), (x) => numberOf(x));
    tf.dispose(made);
    return { bound, terms };
  };
  return {
    bound: async (state, batch, asked = {}) => {
      checkOptions<BoundOptions>('evaluator: bound', asked, { key: keyRule, draws: whole() });
      const { key = svi.drawKey(state), draws = 1 } = asked;
      const found = [await boundAt(state, batch, key)];
      while (found.length < draws) {
        found.push(await boundAt(state, batch, foldIn(key, found.length)));
      }
      const bound = meanOf(found.map((one) => one.bound));
      const terms = promised<T, number>(
        Object.fromEntries(
          Object.keys(found[0]?.terms ?? {}).map((name) => [
            name,
            meanOf(found.map((one) => entryOf(one.terms, name) ?? Number.NaN)),
          ]),
        ),
      );
      if (draws === 1) return { bound, terms };
      const square = meanOf(found.map((one) => (one.bound - bound) ** 2));
      return { bound, terms, standardError: Math.sqrt(square / (draws - 1)) };
    },
    evidence: async (state, batch, sampling) => evidenceFrom(sampling, weightsOf(state, batch)),
    bracket: async (state, batch, sampling) => {
      const all = { ...sampling, params: state.params };
      const exact = posteriorStream(
        evaluation(svi.model(batch)),
        evaluation(svi.guide(batch)),
        all,
      );
      return bracketFrom(sampling, weightsOf(state, batch), exact);
    },
    close: async () => {
      await bounds.close();
      await weights.close();
    },
  };
};
