/** The law that a bound's gradient is that of its mean. */
import * as tf from '@tensorflow/tfjs';
import { bernoulli } from '../../../dsl/distributions/bernoulli.js';
import { normal } from '../../../dsl/distributions/normal.js';
import { param } from '../../../dsl/program/param.js';
import { program } from '../../../dsl/program/program.js';
import { observe, sample } from '../../../dsl/program/sample.js';
import type { Objective } from '../../bounds/objective.js';
import { elbo } from '../../bounds/objectives/elbo.js';
import type { ParamStructure } from '../../bounds/structure.js';
import { keyedNoise } from '../../noise-source.js';
import { foldIn } from '../../random/index.js';
import { type Slope, slopes } from '../law/finite-differences.js';
import { type Inference, type Trial, trialOf } from '../law/inference.js';
import { broken } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import type { NumbersByName } from '../law/numeric-function.js';
import { BATCHES } from '../statistics/replicated.js';
import { type MeanClaim, testMeans } from '../statistics/sequential.js';
import { type DrawnBound, drawnBound } from './drawn-bound.js';
import { trainedBy } from './estimators-agree-law.js';
import {
  type Expectation,
  type Expectations,
  expectationsOf,
  rareValues,
} from './exact-expectation.js';
import { type Direction, along, directionsOf, moved } from './gradient-directions.js';
import { type Weighed, weighedBound } from './weighed-bound.js';

/** What was found of a bound's gradient, and how. */
type Verdict =
  | { readonly tag: 'kept' }
  /** No derivative could be told, or a quadrature is too coarse. */
  | { readonly tag: 'unjudged'; readonly why: string }
  | {
      readonly tag: 'broken';
      readonly expected: string;
      readonly received: string;
      readonly by: Compared | undefined;
    };

/** Draws at which the gradient is looked at, each by itself. */
const ROUNDS = 2;

/** What a derivative must be told to, before it is compared: a part of the slack. */
const PART = 1 / 8;

/** How far apart two quadratures may be, relative to a gradient's size; what they are apart is forgiven. */
const AGREEMENT = 1e-2;

/** Sizes of float32 slack beside those of double precision. */
const COARSER = { double: 1, single: 100 } as const;

/** How far a gradient may be from a difference for reasons of rounding. */
const slackOf = (
  { tolerance }: Trial,
  bound: DrawnBound,
  value: number,
  slope: number,
  size: number,
): number =>
  COARSER[bound.precision('value')] *
  tolerance *
  // Special functions and their derivatives are approximated each by itself.
  (Math.max(Math.abs(slope), size) + 1e-3 * Math.max(1, Math.abs(value)));

/** A derivative by the gradient, and by differences. */
interface Compared {
  readonly direction: Direction;
  readonly received: number;
  readonly slope: Slope;
  readonly slack: number;
  /** The larger of the two, be they sums of parts that cancel. */
  readonly size: number;
}

/** Compares a gradient with the differences of a function of parameters along each direction. */
const compare = (
  trial: Trial,
  bound: DrawnBound,
  directions: readonly Direction[],
  gradients: NumbersByName,
  value: (params: NumbersByName) => number,
): readonly Compared[] => {
  const here = value(bound.params);
  return directions.map((direction) => {
    const { value: received, size: parts } = along(direction, gradients);
    const slack = (slope: number): number => slackOf(trial, bound, here, slope, parts);
    const [slope] = slopes((t) => [value(moved(bound.params, direction, t))], {
      precision: bound.precision('value'),
      wanted: (found) => PART * slack(found),
    });
    const size = Math.max(parts, Math.abs(slope?.value ?? 0));
    return { direction, received, slope, size, slack: slack(slope?.value ?? 0) };
  });
};

const UNJUDGED =
  'no derivative that differences of several steps agree on: the bound has a kink or a jump at these parameters in every direction';

/** Judges what was compared; `how` says what the gradient was held against. */
const judged = (all: readonly Compared[], how: string): Verdict => {
  const told = all.filter(({ slope }) => slope !== undefined);
  const [wrong] = told.filter(
    ({ received, slope, slack }) => !(Math.abs(received - (slope?.value ?? NaN)) <= slack),
  );
  if (wrong !== undefined) {
    const shown = (x: number): string => String(Number(x.toPrecision(7)));
    const expected = `${wrong.direction.of} to be the difference quotient ${how}, ${shown(wrong.slope?.value ?? NaN)}`;
    return { tag: 'broken', expected, received: shown(wrong.received), by: wrong };
  }
  return told.length === 0 ? { tag: 'unjudged', why: UNJUDGED } : { tag: 'kept' };
};

/** Whether the gradient is that of the value at every draw. */
const drawByDraw = (trial: Trial, bound: DrawnBound, directions: readonly Direction[]): Verdict => {
  const isRandom = bound.noises.length > 0;
  const rounds = Array.from({ length: isRandom ? ROUNDS : 1 }, (_, round): Verdict => {
    const noise = bound.noiseOf(keyedNoise(foldIn(trial.key, round)));
    const { gradients } = bound.found(noise);
    const all = compare(trial, bound, directions, gradients, (at) => bound.value(at, noise).value);
    return judged(all, isRandom ? 'at the same draw' : 'of the bound, which has no noise');
  });
  return (
    rounds.find((v) => v.tag === 'broken') ??
    rounds.find((v) => v.tag === 'kept') ??
    rounds[0] ?? { tag: 'unjudged', why: UNJUDGED }
  );
};

/** Whether the mean of the gradient is the gradient of the mean, both over all joint draws. */
const exactly = (
  trial: Trial,
  bound: DrawnBound,
  directions: readonly Direction[],
  { fine, coarse }: Expectations,
): Verdict => {
  const by = (e: Expectation): readonly Compared[] =>
    compare(trial, bound, directions, e.found().gradients, e.value);
  const how = `of the expectation over ${fine.points} joint draws`;
  const found = by(fine);
  if (coarse === undefined) return judged(found, how);
  const other = by(coarse);
  const certain = found.flatMap((c, i): readonly Compared[] => {
    const again = other[i];
    if (again?.slope === undefined || c.slope === undefined) return [];
    const apart =
      Math.abs(c.received - again.received) + Math.abs(c.slope.value - again.slope.value);
    return apart <= AGREEMENT * c.size ? [{ ...c, slack: c.slack + 4 * apart }] : [];
  });
  return certain.length === 0
    ? {
        tag: 'unjudged',
        why: `quadratures of ${fine.points} and ${coarse.points} joint draws do not agree on any derivative`,
      }
    : judged(certain, how);
};

/**
 * A gradient that differences along the paths of draws call broken is so if they also do at draws that
 * stay: where a bound jumps with its draws, the former are wrong.
 */
const confirmed = (
  bound: DrawnBound,
  verdict: Verdict,
  { fine }: Expectations,
  weighed: Weighed | undefined,
): Verdict => {
  const by = verdict.tag === 'broken' ? verdict.by : undefined;
  if (weighed === undefined || by?.slope === undefined) return verdict;
  const { value } = by.slope;
  const [again] = slopes(
    (t) => [fine.of((noise) => weighed(noise, 0)(moved(bound.params, by.direction, t)))],
    { precision: bound.precision('value'), wanted: () => PART * by.slack },
  );
  const allowed = by.slack + AGREEMENT * by.size;
  if (again !== undefined && Math.abs(again.value - value) <= allowed) return verdict;
  return { tag: 'unjudged', why: 'a bound that seems to jump with its draws' };
};

/** Draws of a batch, most; of what is computed in float32, one by one, few. */
const batchSizeOf = ({ draws }: Trial, bound: DrawnBound): number =>
  bound.precision('value') === 'double' ? Math.max(2, Math.ceil(draws / BATCHES)) : 8;

/**
 * Whether the mean of the gradient is the gradient of the mean, by draws. Where draws are given the mean
 * moves with their chances too: its derivative is that of (f − c) q / q₀ at them, c from another draw.
 */
const byDraws = (
  trial: Trial,
  bound: DrawnBound,
  directions: readonly Direction[],
  weighed?: Weighed,
): Verdict => {
  const rare = rareValues(bound, trial.key);
  if (rare !== undefined) return { tag: 'unjudged', why: rare };
  const size = batchSizeOf(trial, bound);
  const before = { value: 0 };
  const compareAt = (draw: number): readonly Compared[] => {
    const noise = bound.noiseOf(keyedNoise(foldIn(trial.key, draw)));
    const { value, logChance, gradients } = bound.found(noise);
    const baseline = before.value;
    const alongPaths = (at: NumbersByName): number => {
      const there = bound.value(at, noise);
      return bound.given.size === 0
        ? there.value
        : (there.value - baseline) * Math.exp(there.logChance - logChance);
    };
    const of = weighed?.(noise, baseline) ?? alongPaths;
    const all = compare(trial, bound, directions, gradients, of);
    before.value = value;
    return all;
  };
  const start = compareAt(0);
  const claims = start.map(({ slack }): MeanClaim => ({ sign: 'zero', tolerance: slack }));
  const refuted = testMeans(
    claims,
    (b) => {
      const draws = Array.from({ length: size }, (_, i) => compareAt(1 + b * size + i));
      return claims.map((_, d) => {
        // At a kink, which no draw is but by chance, there is nothing to compare.
        const told = draws.flatMap((all) => {
          const one = all[d];
          return one?.slope === undefined ? [] : [one.received - one.slope.value];
        });
        return told.length === 0 ? 0 : told.reduce((sum, x) => sum + x, 0) / told.length;
      });
    },
    { falseAlarm: trial.alarm, batches: BATCHES },
  );
  if (refuted === undefined) return { tag: 'kept' };
  return {
    tag: 'broken',
    expected: `${directions[refuted.index]?.of ?? 'the gradient'} to be the difference quotient, in the mean over draws`,
    received: `a difference of ${refuted.mean} ± ${refuted.standardError}`,
    by: undefined,
  };
};

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
  const { gradient = 'unbiased' } = objective.statement ?? {};
  // A baseline is regressed on costs, whatever that does to the bound.
  const regressed = new Set(
    derivation.latents.flatMap(({ estimator: e }) =>
      e.tag === 'score' && e.baseline === 'network' ? e.params : [],
    ),
  );
  return structure.params.filter(
    ({ name, owner }) =>
      trainedBy(objective, owner) &&
      !regressed.has(name) &&
      (gradient === 'unbiased' || gradient === owner),
  );
};

/** Whether an objective has the gradient of its value at every draw, where every draw can carry one. */
const isDrawByDraw = (objective: Objective, withBit: boolean): boolean => {
  try {
    const trial = trialOf(reference(withBit));
    const bound = drawnBound(trial, objective);
    const directions = directionsOf(trial.key, claimedBy(trial, objective, bound));
    return bound.given.size === 0 && drawByDraw(trial, bound, directions).tag === 'kept';
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
    if (objective.statement?.gradient !== undefined) {
      throw notApplicable(
        'a parameter with the gradient of the value',
        `'${objective.name}', which states that its gradient is another`,
      );
    }
    throw notApplicable(`a parameter that '${objective.name}' trains`, 'none');
  }
  const [relaxed] = latents.filter((l) => l.estimator.tag === 'straightThrough');
  if (relaxed !== undefined) {
    throw notApplicable('estimators without a bias', `straightThrough() at '${relaxed.name}'`);
  }
  const directions = directionsOf(trial.key, claimed);
  if (bound.given.size === 0) {
    const verdict = drawByDraw(trial, bound, directions);
    if (verdict.tag !== 'broken') return verdict;
    const withBit = latents.some((l) => l.estimator.tag === 'enumerate');
    if (bound.noises.length === 0 || isDrawByDraw(objective, withBit)) return verdict;
  }
  const fixed = bound.noiseOf(keyedNoise(trial.key));
  const expectations = expectationsOf(bound, fixed);
  const weighed = weighedBound(trial, objective, bound);
  if (typeof expectations !== 'string') {
    const found = exactly(trial, bound, directions, expectations);
    const verdict =
      expectations.coarse === undefined ? found : confirmed(bound, found, expectations, weighed);
    if (verdict.tag !== 'unjudged') return verdict;
  }
  const verdict = byDraws(trial, bound, directions);
  // Where every draw is given no difference follows one.
  const isGiven = latents.every((l) => bound.given.has(l.name));
  if (verdict.tag !== 'broken' || weighed === undefined || isGiven) return verdict;
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
    switch (verdict.tag) {
      case 'kept':
        return;
      case 'unjudged':
        throw notApplicable('a derivative that can be told', verdict.why);
      case 'broken':
        broken(trial.claim('gradients are finite differences'), verdict.expected, verdict.received);
    }
  });
