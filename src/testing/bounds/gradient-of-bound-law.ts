/** The law that a bound's gradient is that of its mean, by finite differences. */
import * as tf from '@tensorflow/tfjs';
import { entryOf } from '../../../dsl/dictionary.js';
import type { Objective } from '../../bounds/objective.js';
import { elbo } from '../../bounds/objectives/elbo.js';
import { isReparameterised } from '../../../dsl/distribution.js';
import { sizeOf } from '../../../dsl/shape.js';
import { type ParamStructure, latentSites } from '../../bounds/structure.js';
import { keyedNoise } from '../../noise-source.js';
import { foldIn, uniforms } from '../../random/index.js';
import { trainedBy } from './estimators-agree-law.js';
import {
  type BoundOf,
  type Found,
  type Inference,
  type Trial,
  boundOf,
  trialOf,
} from '../law/inference.js';
import { broken, expectClose } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import type { Params } from '../../params.js';
import { BATCHES, batched } from '../statistics/replicated.js';
import { type MeanClaim, testMeans } from '../statistics/sequential.js';

/** Estimators whose surrogate has the gradient of the value at the same noise. */
const isExact = (tag: string): boolean => ['pathwise', 'implicit', 'enumerate'].includes(tag);

/** A step along a direction that is long enough for float32. */
const STEP = 2 ** -5;

/** Throws where gradients cannot be compared with differences. */
const checkFollowsGradient = (
  { structure }: Trial,
  objective: Objective,
  { derivation }: BoundOf,
): void => {
  const check = (expected: string, received: string): never => {
    throw new LawNotApplicable('checkGradients', expected, received);
  };
  if (structure.params.every((p) => !trainedBy(objective, p.owner))) {
    check(`a parameter that '${objective.name}' trains`, 'none');
  }
  const estimatorOf = (name: string): string | undefined =>
    derivation.latents.find((l) => l.name === name)?.estimator.tag;
  const jumps = latentSites(structure.guide).find(
    (q) => !isReparameterised(q.gradient) && estimatorOf(q.name) !== 'enumerate',
  );
  if (jumps !== undefined) {
    check(
      'draws that carry a gradient',
      `'${jumps.name}', which does not; use checkEstimatorsAgree`,
    );
  }
  const other = derivation.latents.some((l) =>
    ['weighted', 'tailAdaptive', 'dreamt', 'none'].includes(l.estimator.tag),
  );
  if (other) check('an objective that follows the gradient of its value', `'${objective.name}'`);
};

/** A change of every parameter, by name. */
type Direction = Readonly<Record<string, readonly number[]>>;

const directionsOf = (
  { key }: Trial,
  trained: readonly ParamStructure[],
  count: number,
): readonly Direction[] =>
  Array.from({ length: count }, (_, k) =>
    Object.fromEntries(
      trained.map(({ name, shape }) => {
        const coins = uniforms(foldIn(foldIn(key, `direction ${name}`), k), sizeOf(shape));
        // Not all of one length, so that errors do not cancel.
        return [name, [...coins].map((u) => (u < 0.5 ? -0.5 - u : u))] as const;
      }),
    ),
  );

const along = (d: Direction, { gradients }: Found): number =>
  Object.entries(d).reduce(
    (total, [name, xs]) =>
      xs.reduce((s, x, i) => s + x * (entryOf(gradients, name)?.[i] ?? Number.NaN), total),
    0,
  );

/** The derivative of a function of parameters along a direction, (4 D(h/2) − D(h)) / 3. */
const differenceOf = (params: Params, d: Direction, f: (params: Params) => number): number => {
  const shifted = (by: number): number => {
    const moved = Object.entries(d).flatMap(([name, xs]) => {
      const x = entryOf(params, name);
      return x === undefined
        ? []
        : [[name, tf.add(x, tf.mul(tf.tensor([...xs], x.shape), by))] as const];
    });
    return f({ ...params, ...Object.fromEntries(moved) });
  };
  const central = (h: number): number => (shifted(h) - shifted(-h)) / (2 * h);
  return (4 * central(STEP / 2) - central(STEP)) / 3;
};

/** What differences of float32 values over such a step cannot tell apart. */
const slackOf = ({ tolerance }: Trial, difference: number, value: number): number =>
  100 * tolerance * Math.abs(difference) + (1.6e-6 * Math.max(1, Math.abs(value))) / STEP;

/**
 * Checks that the gradient of a bound is that of its mean, along random directions of all parameters,
 * by central differences with one step of extrapolation.
 *
 * Where every site is pathwise or summed over, the two are equal at every draw. Where an objective
 * sends a gradient another way, as sticking the landing does, their means are, and a sequential test
 * says so. Where a draw carries no gradient differences of draws say nothing: ask
 * `checkEstimatorsAgree`.
 *
 * - Errors: a broken law; a `LawNotApplicable` where there is no parameter, or a draw carries no gradient.
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
    const bound = boundOf(trial, objective);
    checkFollowsGradient(trial, objective, bound);
    const trained = trial.structure.params.filter((p) => trainedBy(objective, p.owner));
    const claim = trial.claim('gradients are finite differences');
    if (bound.derivation.latents.every((l) => isExact(l.estimator.tag))) {
      const directions = directionsOf(trial, trained, Math.min(8, 2 * trained.length));
      [0, 1].forEach((round) => {
        const noise = keyedNoise(foldIn(trial.key, round));
        const found = bound.found(noise);
        directions.forEach((d, k) => {
          const difference = differenceOf(trial.params, d, (at) => bound.value(noise, at));
          const absolute = slackOf(trial, difference, found.value);
          const what = `the gradient along direction ${k}`;
          expectClose(claim, what, along(d, found), difference, { absolute, relative: 0 });
        });
      });
      return;
    }
    const batches = batched(trial, objective);
    const directions = directionsOf(trial, trained, 2);
    const differenceAt = (d: Direction, b: number): number =>
      differenceOf(trial.params, d, (at) => batches.value(b, at));
    const size = batches.value(0);
    const claims = directions.map((d): MeanClaim => ({
      sign: 'zero',
      tolerance: slackOf(trial, differenceAt(d, 0), size),
    }));
    const refuted = testMeans(
      claims,
      (b) => {
        const found = batches.found(b);
        return directions.map((d) => along(d, found) - differenceAt(d, b));
      },
      { falseAlarm: trial.alarm, batches: BATCHES },
    );
    if (refuted === undefined) return;
    broken(
      claim,
      `the gradient along direction ${refuted.index} to be the difference quotient, in the mean`,
      `a difference of ${refuted.mean} ± ${refuted.standardError}`,
    );
  });
