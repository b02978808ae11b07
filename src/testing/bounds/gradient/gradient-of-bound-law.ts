/** The law that a bound's gradient is that of its mean. */
import * as tf from '@tensorflow/tfjs';
import { bernoulli } from '../../../../dsl/distributions/classes/bernoulli.js';
import { normal } from '../../../../dsl/distributions/real-line/normal.js';
import { param } from '../../../../dsl/program/param.js';
import { program } from '../../../../dsl/program/program.js';
import { observe, sample } from '../../../../dsl/program/sample.js';
import type { Objective } from '../../../bounds/objective.js';
import { elbo } from '../../../bounds/objectives/elbo.js';
import type { ParamStructure } from '../../../bounds/dependence/structure.js';
import { keyedNoise } from '../../../random/noise-source.js';
import { type Inference, type Trial, trialOf } from '../../law/inference.js';
import { broken } from '../../law/law.js';
import { LawNotApplicable } from '../../law/not-applicable.js';
import { claimsGradient } from '../claims.js';
import { type DrawnBound, drawnBound } from '../joint-draws/drawn-bound.js';
import { expectationsOf } from '../joint-draws/exact-expectation.js';
import { directionsOf } from './directions.js';
import { type Verdict, byDraws, confirmed, drawByDraw, exactly } from './verdicts.js';
import { weighedBound } from '../joint-draws/weighed-bound.js';

/** A model and guide whose every draw carries its gradient, or is summed over. */
const reference = (withBit: boolean): Inference => ({
  model: program(function* () {
    const z = yield* sample('z', normal(yield* param('mean', 0.25), 1.5));
    const b = withBit ? yield* sample('b', bernoulli({ logits: 0.5 })) : 0;
    yield* observe('x', normal(tf.add(z, b), 1), 1);
  }),
  guide: program(function* () {
    const logScale = yield* param('log scale', -0.25);
    yield* sample('z', normal(yield* param('loc', 0.75), tf.exp(logScale)));
    if (withBit) yield* sample('b', bernoulli({ logits: yield* param('logits', -0.5) }));
  }),
});

/** The parameters of which an objective claims a gradient that is its value's. */
const claimedBy = (
  { structure }: Trial,
  objective: Objective,
  { derivation }: DrawnBound,
): readonly ParamStructure[] => {
  // A baseline is regressed on costs, whatever that does to the bound.
  const regressed = new Set(
    derivation.latents.flatMap(({ estimator }) => estimator.regressed ?? []),
  );
  return structure.params.filter(
    ({ name, owner }) => claimsGradient(objective, owner) && !regressed.has(name),
  );
};

/** Whether an objective has the gradient of its value at every draw, where every draw can carry one. */
const isDrawByDraw = (objective: Objective, withBit: boolean): boolean => {
  try {
    const trial = trialOf(reference(withBit));
    const bound = drawnBound(trial, objective);
    const directions = directionsOf(trial.key, claimedBy(trial, objective, bound));
    return bound.given.size === 0 && drawByDraw(trial, bound, directions)._tag === 'kept';
  } catch {
    // An objective that names sites, say, is not for these programs.
    return false;
  }
};

const notApplicable = (expected: string, received: string): LawNotApplicable =>
  new LawNotApplicable('checkGradients', expected, received);

const judge = (trial: Trial, objective: Objective): Verdict => {
  const bound = drawnBound(trial, objective);
  const { latents } = bound.derivation;
  const claimed = claimedBy(trial, objective, bound);
  if (claimed.length === 0) {
    if (objective.meaning.gradient !== undefined) {
      throw notApplicable(
        'a parameter with the gradient of the value',
        `'${objective.name}', which states that its gradient is another`,
      );
    }
    throw notApplicable(`a parameter that '${objective.name}' trains`, 'none');
  }
  const biased = latents.find((l) => l.estimator.bias?.of === 'gradient');
  if (biased !== undefined) {
    const received = `${biased.estimator.name}() at '${biased.name}'`;
    throw notApplicable('estimators without a bias', received);
  }
  const directions = directionsOf(trial.key, claimed);
  if (bound.given.size === 0) {
    const verdict = drawByDraw(trial, bound, directions);
    if (verdict._tag !== 'broken') return verdict;
    const withBit = latents.some((l) => l.summed !== undefined);
    if (bound.noises.length === 0 || isDrawByDraw(objective, withBit)) return verdict;
  }
  const fixed = bound.noiseOf(keyedNoise(trial.key));
  const expectations = expectationsOf(bound, fixed);
  const weighed = weighedBound(trial, objective, bound);
  if (typeof expectations !== 'string') {
    const found = exactly(trial, bound, directions, expectations);
    const verdict =
      expectations.coarse === undefined ? found : confirmed(bound, found, expectations, weighed);
    if (verdict._tag !== 'unjudged') return verdict;
  }
  const verdict = byDraws(trial, bound, directions);
  // Where every draw is given no difference follows one.
  const isGiven = latents.every((l) => bound.given.has(l.name));
  if (verdict._tag !== 'broken' || weighed === undefined || isGiven) return verdict;
  return byDraws(trial, bound, directions, weighed);
};

/**
 * Checks that the gradient of a bound is that of its mean, E ∂surrogate = ∂ E value, for every parameter
 * that the objective trains with such a gradient: entry by entry of small ones, along two random
 * directions of any other. What the surrogate should be is held against differences of the value, in
 * double precision, with a step that the bound chooses, by the first of these that can judge:
 *
 * 1. Draw by draw, where every draw carries its gradient or is summed over: value and surrogate then
 *    have the same derivative at the same noise. Exact.
 * 2. Over all joint draws, where an objective sends a gradient another way, as scores, sticking the
 *    landing and double reparameterisation do: both expectations are summed over every value of the
 *    finite sites, at every particle, times a Gaussian quadrature of normal and uniform noise. Exact; a
 *    quadrature counts where a coarser one agrees.
 * 3. Over random draws, by a sequential test, where there are too many joint draws.
 *
 * At a kink (of relu, abs, max) or a jump nothing is judged.
 *
 * - Errors: a broken law, which says what the gradient was held against; a `LawNotApplicable` where there
 *   is no such parameter, the objective states another gradient, or no derivative can be told.
 *
 * @example
 * ```ts
 * const guide = (loc: (x: Tensor) => Tensor) => program(function* () {
 *   yield* sample('z', normal(loc(yield* param('loc', 0.5)), 2));
 * });
 * const model = sample('z', normal(0, 1));
 * checkGradients({ model, guide: guide((x) => x) });
 * E.isLeft(E.tryCatch(() => checkGradients({ model, guide: guide(stopGradient) }), String)); // true
 * ```
 */
export const checkGradients = ({
  objective = elbo(),
  ...inference
}: Inference & { readonly objective?: Objective }): void =>
  tf.tidy(() => {
    const trial = trialOf(inference);
    const verdict = judge(trial, objective);
    switch (verdict._tag) {
      case 'kept':
        return;
      case 'unjudged':
        throw notApplicable('a derivative that can be told', verdict.why);
      case 'broken':
        broken(trial.claim('gradients are finite differences'), verdict.expected, verdict.received);
    }
  });
