/**
 * Ways to hold the gradient of a bound against differences of the bound: draw by draw, over all joint
 * draws, and in the mean of random ones.
 */
import { keyedNoise } from '../../../random/noise-source.js';
import { foldIn } from '../../../random/index.js';
import { type Slope, slopes } from '../../law/finite-differences.js';
import type { Trial } from '../../law/inference.js';
import type { NumbersByName } from '../../law/numeric-function.js';
import { BATCHES } from '../../statistics/replicated.js';
import { type MeanClaim, testMeans } from '../../statistics/sequential.js';
import type { DrawnBound } from '../joint-draws/drawn-bound.js';
import {
  type Expectation,
  type Expectations,
  rareValues,
} from '../joint-draws/exact-expectation.js';
import { type Direction, along, isLarge, moved } from './directions.js';
import type { Weighed } from '../joint-draws/weighed-bound.js';

/** What was found of a bound's gradient, and how. */
export type Verdict =
  | { readonly _tag: 'kept' }
  /** No derivative could be told, or a quadrature is too coarse. */
  | { readonly _tag: 'unjudged'; readonly why: string }
  | {
      readonly _tag: 'broken';
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
  /** Whether the gradient is no number where the bound is one: at a kink it has a subgradient, and never NaN. */
  readonly isLost: boolean;
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
    const at = (t: number): number => (t === 0 ? here : value(moved(bound.params, direction, t)));
    const [slope] = slopes((t) => [at(t)], {
      precision: bound.precision('value'),
      wanted: (found) => PART * slack(found),
    });
    const size = Math.max(parts, Math.abs(slope?.value ?? 0));
    const isLost = Number.isFinite(here) && !Number.isFinite(received);
    return { direction, received, slope, size, slack: slack(slope?.value ?? 0), isLost };
  });
};

const UNJUDGED =
  'no derivative that differences of several steps agree on: the bound has a kink or a jump at these parameters in every direction';

/** A gradient that is no number, if there is one: whatever differences say, it trains nothing. */
const lostIn = (all: readonly Compared[]): Verdict | undefined => {
  const lost = all.find(({ isLost }) => isLost);
  return lost && lostAt(lost.direction, lost.received);
};

const lostAt = (direction: Direction | undefined, received: number): Verdict => ({
  _tag: 'broken',
  expected: `${direction?.of ?? 'the gradient'} to be a number`,
  received: `${received}; a square root, logarithm or norm at 0 has none`,
  by: undefined,
});

/** Judges what was compared; `how` says what the gradient was held against. */
const judged = (all: readonly Compared[], how: string): Verdict => {
  const lost = lostIn(all);
  if (lost !== undefined) return lost;
  const told = all.filter(({ slope }) => slope !== undefined);
  const [wrong] = told.filter(
    ({ received, slope, slack }) => !(Math.abs(received - (slope?.value ?? NaN)) <= slack),
  );
  if (wrong !== undefined) {
    const shown = (x: number): string => String(Number(x.toPrecision(7)));
    const expected = `${wrong.direction.of} to be the difference quotient ${how}, ${shown(wrong.slope?.value ?? NaN)}`;
    return { _tag: 'broken', expected, received: shown(wrong.received), by: wrong };
  }
  return told.length === 0 ? { _tag: 'unjudged', why: UNJUDGED } : { _tag: 'kept' };
};

/** Whether the gradient is that of the value at every draw. */
export const drawByDraw = (
  trial: Trial,
  bound: DrawnBound,
  directions: readonly Direction[],
): Verdict => {
  const isRandom = bound.noises.length > 0;
  const count = isRandom && !isLarge(trial.structure.params) ? ROUNDS : 1;
  const rounds = Array.from({ length: count }, (_, round): Verdict => {
    const noise = bound.noiseOf(keyedNoise(foldIn(trial.key, round)));
    const { gradients } = bound.found(noise);
    const all = compare(trial, bound, directions, gradients, (at) => bound.value(at, noise).value);
    return judged(all, isRandom ? 'at the same draw' : 'of the bound, which has no noise');
  });
  return (
    rounds.find((v) => v._tag === 'broken') ??
    rounds.find((v) => v._tag === 'kept') ??
    rounds[0] ?? { _tag: 'unjudged', why: UNJUDGED }
  );
};

/** Whether the mean of the gradient is the gradient of the mean, both over all joint draws. */
export const exactly = (
  trial: Trial,
  bound: DrawnBound,
  directions: readonly Direction[],
  { fine, coarse }: Expectations,
): Verdict => {
  const by = (e: Expectation): readonly Compared[] =>
    compare(trial, bound, directions, e.found().gradients, e.value);
  const how = `of the expectation over ${fine.points} joint draws`;
  const found = by(fine);
  const lost = lostIn(found);
  if (lost !== undefined) return lost;
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
        _tag: 'unjudged',
        why: `quadratures of ${fine.points} and ${coarse.points} joint draws do not agree on any derivative`,
      }
    : judged(certain, how);
};

/**
 * A gradient that differences along the paths of draws call broken is so if they also do at draws that
 * stay: where a bound jumps with its draws, the former are wrong.
 */
export const confirmed = (
  bound: DrawnBound,
  verdict: Verdict,
  { fine }: Expectations,
  weighed: Weighed | undefined,
): Verdict => {
  const by = verdict._tag === 'broken' ? verdict.by : undefined;
  if (weighed === undefined || by?.slope === undefined) return verdict;
  const { value } = by.slope;
  const [again] = slopes(
    (t) => [fine.of((noise) => weighed(noise, 0)(moved(bound.params, by.direction, t)))],
    { precision: bound.precision('value'), wanted: () => PART * by.slack },
  );
  const allowed = by.slack + AGREEMENT * by.size;
  if (again !== undefined && Math.abs(again.value - value) <= allowed) return verdict;
  return { _tag: 'unjudged', why: 'a bound that seems to jump with its draws' };
};

/** Draws of a batch, most; of what is computed in float32, one by one, few. */
const batchSizeOf = ({ draws }: Trial, bound: DrawnBound): number =>
  bound.precision('value') === 'double' ? Math.max(2, Math.ceil(draws / BATCHES)) : 8;

/**
 * Whether the mean of the gradient is the gradient of the mean, by draws. Where draws are given the mean
 * moves with their chances too: its derivative is that of (f − c) q / q₀ at them, c from another draw.
 */
export const byDraws = (
  trial: Trial,
  bound: DrawnBound,
  directions: readonly Direction[],
  weighed?: Weighed,
): Verdict => {
  const rare = rareValues(bound, trial.key);
  if (rare !== undefined) return { _tag: 'unjudged', why: rare };
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
          if (one?.isLost === true) return [Number.NaN];
          return one?.slope === undefined ? [] : [one.received - one.slope.value];
        });
        return told.length === 0 ? 0 : told.reduce((sum, x) => sum + x, 0) / told.length;
      });
    },
    { falseAlarm: trial.alarm, batches: BATCHES },
  );
  if (refuted === undefined) return { _tag: 'kept' };
  if (Number.isNaN(refuted.mean)) return lostAt(directions[refuted.index], refuted.mean);
  return {
    _tag: 'broken',
    expected: `${directions[refuted.index]?.of ?? 'the gradient'} to be the difference quotient, in the mean over draws`,
    received: `a difference of ${refuted.mean} ± ${refuted.standardError}`,
    by: undefined,
  };
};
