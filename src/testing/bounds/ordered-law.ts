/** The law that bounds lie in an order, in the mean. */
import * as tf from '@tensorflow/tfjs';
import type { Objective } from '../../bounds/objective.js';
import type { LawName } from '../law/catalogue.js';
import { type Inference, type Trial, trialOf } from '../law/inference.js';
import { broken } from '../law/law.js';
import { BATCHES, type Batched, batched } from '../statistics/replicated.js';
import { testMeans } from '../statistics/sequential.js';
import { signOf } from './claims.js';
import { exactMean } from './joint-draws/exact-mean.js';

/** A bound in its place, and what messages call it. */
export interface Rung {
  readonly name: string;
  readonly objective: Objective;
  /** It has a place where its mean can be summed over every joint draw, and is left out elsewhere. */
  readonly isExactOnly?: boolean;
}

const slackOf = ({ tolerance }: Trial, bound: number): number =>
  tolerance * Math.max(1, Math.abs(bound));

/** A bound whose mean is known, or can be taken a batch at a time. */
interface Taken extends Rung {
  readonly exact: number | undefined;
  readonly batches: () => Batched;
}

const takenBy =
  (trial: Trial) =>
  (rung: Rung): Taken => {
    const value = exactMean(trial, rung.objective);
    let made: Batched | undefined;
    return {
      ...rung,
      exact: value === undefined ? undefined : signOf(rung.objective) * value,
      batches: () => (made ??= batched(trial, rung.objective)),
    };
  };

/** The mean of a bound over a batch of draws. */
const inBatch = ({ objective, exact, batches }: Taken, b: number): number =>
  exact ?? signOf(objective) * batches().value(b);

/** Checks that the mean of each bound is at most that of the next. */
export const checkRungs = (trial: Trial, law: LawName, rungs: readonly Rung[]): void => {
  const taken = rungs
    .map(takenBy(trial))
    .filter(({ isExactOnly, exact }) => isExactOnly !== true || exact !== undefined);
  const pairs = taken.slice(1).flatMap((high, i) => {
    const [low] = taken.slice(i, i + 1);
    return low === undefined ? [] : [{ low, high }];
  });
  for (const { low, high } of pairs) {
    const expected = `the mean of ${low.name} to be at most that of ${high.name}`;
    if (low.exact !== undefined && high.exact !== undefined) {
      if (low.exact <= high.exact + slackOf(trial, high.exact)) continue;
      broken(trial.claim(law), expected, `${low.exact} and ${high.exact}, over every joint draw`);
    }
    const refuted = testMeans(
      [{ sign: 'atMost', tolerance: slackOf(trial, inBatch(high, 0)) }],
      (b) => [inBatch(low, b) - inBatch(high, b)],
      { falseAlarm: trial.alarm / pairs.length, batches: BATCHES },
    );
    if (refuted === undefined) continue;
    broken(trial.claim(law), expected, `an excess of ${refuted.mean} ± ${refuted.standardError}`);
  }
};

/**
 * Checks that bounds lie in a claimed order, from the lowest to the highest: the mean of each is at most
 * that of the next. Of an upper bound it is the bound that counts, not its value, which is the negative.
 *
 * The mean is that over every joint draw of the particles where the guide has finite supports and not too
 * many values; otherwise both are taken at the same draws, as far as they are alike, by a sequential test.
 *
 * - Errors: a broken law, which names the two; whatever an objective throws that does not fit.
 *
 * @example
 * ```ts
 * const model = program(function* () {
 *   const z = yield* sample('z', bernoulli({ probs: 0.25 }));
 *   yield* observe('x', normal(z, 0.5), 1);
 * });
 * const law = { model, guide: sample('z', bernoulli({ probs: 0.5 })) };
 * const mine = renyi({ alpha: 0.5, particles: 4 });
 * checkOrdered({ ...law, objectives: [elbo(), mine, iwae({ particles: 4 })] });
 * const reversed = [iwae({ particles: 4 }), mine];
 * E.isLeft(E.tryCatch(() => checkOrdered({ ...law, objectives: reversed }), String)); // true
 * ```
 */
export const checkOrdered = ({
  objectives,
  ...inference
}: Inference & {
  /** From the lowest to the highest. */
  readonly objectives: readonly Objective[];
}): void =>
  tf.tidy(() =>
    checkRungs(
      trialOf(inference),
      'bounds are in order',
      objectives.map((objective, i) => ({
        name: `'${objective.name}' (number ${i + 1} of ${objectives.length})`,
        objective,
      })),
    ),
  );
