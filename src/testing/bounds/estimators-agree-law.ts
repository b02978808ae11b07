/** The law that estimators of one bound agree: exact where all draws can be summed over, else statistical. */
import * as tf from '@tensorflow/tfjs';
import { entryOf } from '../../../dsl/records/dictionary.js';
import { once } from '../../../dsl/records/once.js';
import type { Objective } from '../../bounds/objective.js';
import { elbo } from '../../bounds/objectives/elbo.js';
import { varGrad } from '../../bounds/objectives/var-grad.js';
import { latentSites } from '../../bounds/dependence/structure.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { keyedNoise } from '../../random/noise-source.js';
import { foldIn, randomUniform } from '../../random/index.js';
import {
  type Found,
  type Inference,
  type Trial,
  isPathwise,
  isWeighable,
  trialOf,
} from '../law/inference.js';
import { broken } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { BATCHES, batched } from '../statistics/replicated.js';
import { type MeanClaim, testMeans } from '../statistics/sequential.js';
import { claimsGradient } from './claims.js';
import { type DrawnBound, drawnBound } from './joint-draws/drawn-bound.js';
import { expectationsOf, rareValues } from './joint-draws/exact-expectation.js';

/** How far apart two quadratures may be, relative to what is compared; what they are apart is forgiven. */
const AGREEMENT = 1e-2;

/** Quantities that are compared at most; more parameters are projected on random signs. */
const MOST = 64;

/** What is compared: quantities with their names, linear functions of what was found. */
interface Comparison {
  readonly names: readonly string[];
  readonly of: (found: Found) => readonly number[];
}

/** The gradients of some parameters, one after the other. */
const flat = (sizes: Readonly<Record<string, number>>, { gradients }: Found): Float64Array =>
  Float64Array.from(
    Object.entries(sizes).flatMap(([name, size]) => {
      const xs = entryOf(gradients, name);
      return xs?.length === size ? xs : Array.from({ length: size }, () => Number.NaN);
    }),
  );

/** Σ a_i b_i, by a loop: it is taken for each of many sums of very many gradients. */
const product = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? Number.NaN);
  return sum;
};

/** The entries of the gradients of some parameters or, of very many, random sums of them. */
const gradientsIn = (sizes: Readonly<Record<string, number>>, seed: Trial['key']): Comparison => {
  const names = Object.entries(sizes).flatMap(([name, size]) =>
    Array.from({ length: size }, (_, i) => `the gradient of entry ${i} of '${name}'`),
  );
  if (names.length <= MOST) return { names, of: (found) => [...flat(sizes, found)] };
  const signs = Array.from({ length: MOST }, (_, k) =>
    Float64Array.from(randomUniform(foldIn(foldIn(seed, 'signs'), k), names.length), (u) =>
      u < 0.5 ? -1 : 1,
    ),
  );
  return {
    names: signs.map((_, k) => `sum ${k} of gradients under random signs`),
    of: (found) => {
      const all = flat(sizes, found);
      return signs.map((row) => product(row, all));
    },
  };
};

/** Estimators of the ELBO that this guide allows. */
const estimatorsOf = ({ structure }: Trial): Readonly<Record<string, Objective>> => {
  const stays = latentSites(structure.guide).every((q) => !q.moves);
  return {
    'the default': elbo(),
    'sampled divergences': elbo({ closedFormKl: 'never' }),
    ...(latentSites(structure.guide).some((q) => q.gradient === 'enumerable') &&
      stays && {
        'score functions': elbo({ discrete: 'score' }),
        'score functions with a baseline': elbo({ discrete: 'score', particles: 2 }),
      }),
    ...(isPathwise(structure) &&
      stays && {
        'sticking the landing': elbo({ gradient: 'stickingTheLanding', particles: 2 }),
      }),
    ...(stays && isWeighable(structure) && { VarGrad: varGrad({ particles: 2 }) }),
  };
};

/** An estimator by its name, with what is found of it, once. */
interface Named {
  readonly name: string;
  readonly objective: Objective;
  /** The expectation over all joint draws, by each quadrature, where there are few. */
  readonly exactly: () => readonly Found[] | undefined;
  /** The mean over a batch of draws. */
  readonly batch: (b: number) => Found;
  /** Why tests of means of its draws say nothing, where they do not. */
  readonly rare: () => string | undefined;
}

/** A function whose results are kept. */
const kept = <K, A>(f: (k: K) => A): ((k: K) => A) => {
  const known = new Map<K, { readonly it: A }>();
  return (k) => {
    const found = known.get(k) ?? { it: f(k) };
    known.set(k, found);
    return found.it;
  };
};

const named = (trial: Trial, name: string, objective: Objective): Named => {
  const bound = once(() => drawnBound(trial, objective));
  const means = once(() => batched(trial, objective));
  return {
    name,
    objective,
    exactly: once(() => exactlyFound(bound(), trial)),
    batch: kept((b: number) => means().found(b)),
    rare: once(() => rareValues(bound(), trial.key)),
  };
};

/** What is compared of two objectives: the bound, and gradients that both train. */
const comparisonOf = ({ structure, key }: Trial, one: Objective, other: Objective): Comparison => {
  const trained = structure.params.filter((p) =>
    [one, other].every((o) => claimsGradient(o, p.owner)),
  );
  const sizes = Object.fromEntries(trained.map((p) => [p.name, sizeOf(p.shape)]));
  const gradients = gradientsIn(sizes, key);
  return {
    names: ['the bound', ...gradients.names],
    of: (found) => [found.value, ...gradients.of(found)],
  };
};

const fall = (trial: Trial, what: string, { name }: Named, reference: Named, how: string): never =>
  broken(
    trial.claim('estimators agree'),
    `${what} by ${name} to be that by ${reference.name}, in the mean`,
    how,
  );

/** An expectation as numbers, once by each quadrature. */
const exactlyFound = (bound: DrawnBound, trial: Trial): readonly Found[] | undefined => {
  const made = expectationsOf(bound, bound.noiseOf(keyedNoise(trial.key)), 'one');
  if (typeof made === 'string') return undefined;
  return [made.fine, ...(made.coarse === undefined ? [] : [made.coarse])].map((e) => {
    const { value, gradients } = e.found();
    const numbers = Object.entries(gradients).map(([name, xs]) => [name, Array.from(xs)] as const);
    return { value, gradients: Object.fromEntries(numbers) };
  });
};

/** Compares two expectations over all joint draws; says whether they could be had. */
const compareExactly = (trial: Trial, other: Named, reference: Named): boolean => {
  const [found, standard] = [other.exactly(), reference.exactly()];
  const [fine, coarse] = [found?.[0], found?.at(-1)];
  const [base, rough] = [standard?.[0], standard?.at(-1)];
  if (!fine || !coarse || !base || !rough) return false;
  const { names, of } = comparisonOf(trial, other.objective, reference.objective);
  const [finely, coarsely, ofBase, ofRough] = [fine, coarse, base, rough].map(of);
  const compared = names.map((name, i) => {
    const at = (xs: readonly number[] | undefined): number => xs?.[i] ?? Number.NaN;
    const [a, b] = [at(finely), at(ofBase)];
    const apart = Math.abs(a - at(coarsely)) + Math.abs(b - at(ofRough));
    const size = Math.max(1, Math.abs(b), Math.abs(base.value) / 10);
    return { name, a, b, apart, size };
  });
  if (compared.some(({ apart, size }) => !(apart <= AGREEMENT * size))) return false;
  const [wrong] = compared.filter(
    ({ a, b, apart, size }) => !(Math.abs(a - b) <= trial.tolerance * size + 4 * apart),
  );
  if (wrong !== undefined) {
    const shown = (x: number): string => String(Number(x.toPrecision(7)));
    const how = `${shown(wrong.a)} and ${shown(wrong.b)}, exactly`;
    fall(trial, wrong.name, other, reference, how);
  }
  return true;
};

/** Compares two means by draws; a sentence where both are −∞. */
const compareByDraws = (
  trial: Trial,
  other: Named,
  reference: Named,
  share: number,
): string | undefined => {
  const { names, of } = comparisonOf(trial, other.objective, reference.objective);
  const start = reference.batch(0);
  const claimed = of(start).map((x): MeanClaim => ({
    sign: 'zero',
    tolerance: trial.tolerance * Math.max(1, Math.abs(x), Math.abs(start.value) / 10),
  }));
  const refuted = testMeans(
    claimed,
    (b) => {
      const base = of(reference.batch(b));
      return of(other.batch(b)).map((x, i) => x - (base[i] ?? Number.NaN));
    },
    { falseAlarm: trial.alarm / share, batches: BATCHES },
  );
  if (refuted === undefined) return undefined;
  if (!Number.isFinite(refuted.mean)) {
    // A likelihood may be 0 at draws of either, and their means are then −∞.
    const isInfinite = (n: Named): boolean =>
      Array.from({ length: BATCHES }, (_, b) => n.batch(b).value).includes(-Infinity);
    const isExcluded = [reference, other].every(isInfinite);
    if (isExcluded) return 'a bound of -Infinity, for the likelihood is 0 at draws of the guide';
  }
  const how = `a difference of ${refuted.mean} ± ${refuted.standardError}`;
  return fall(trial, names[refuted.index] ?? 'the bound', other, reference, how);
};

/** Compares two estimators; a sentence where that cannot be. */
const compareTwo = (
  trial: Trial,
  other: Named,
  reference: Named,
  share: number,
): string | undefined => {
  if (compareExactly(trial, other, reference)) return undefined;
  const rare = other.rare() ?? reference.rare();
  if (rare !== undefined) return rare;
  return compareByDraws(trial, other, reference, share);
};

/**
 * Checks that estimators of one bound agree in the mean: their values, and their gradients for every
 * parameter that both train, each against the first.
 *
 * `objectives` are estimators of the same bound by name; where left out, all of the ELBO's that the
 * guide allows: closed forms or draws, sums or scores with and without a baseline, sticking the
 * landing, VarGrad. Where there are few joint draws the means are sums over all of them, times a
 * quadrature of normal noise. Otherwise both are taken at the same draws, so that their difference is
 * small, and tested; not where a value of a finite site is rare, whose mean no test of draws can tell.
 * More than 64 gradients are compared by sums under random signs.
 *
 * - Errors: a broken law, which names the estimator and the parameter; a `LawNotApplicable` where there
 *   is but one, or none can be compared.
 *
 * @example
 * ```ts
 * const guide = program(function* () {
 *   yield* sample('z', bernoulli({ logits: yield* param('logits', 0.5) }));
 * });
 * const law = { model: sample('z', bernoulli({ probs: 0.2 })), guide, draws: 640 };
 * checkEstimatorsAgree(law);
 * const objectives = { summed: elbo(), halved: betaElbo({ beta: 0.5 }) };
 * E.isLeft(E.tryCatch(() => checkEstimatorsAgree({ ...law, objectives }), String)); // true
 * ```
 */
export const checkEstimatorsAgree = ({
  objectives,
  ...inference
}: Inference & { readonly objectives?: Readonly<Record<string, Objective>> }): void =>
  tf.tidy(() => {
    const trial = trialOf(inference);
    const [first, ...others] = Object.entries(objectives ?? estimatorsOf(trial));
    if (first === undefined || others.length === 0) {
      const expected = 'two objectives or more that this guide allows';
      throw new LawNotApplicable('checkEstimatorsAgree', expected, first?.[0] ?? 'none');
    }
    const reference = named(trial, ...first);
    const told = others.map(([name, objective]) =>
      compareTwo(trial, named(trial, name, objective), reference, others.length),
    );
    const [why] = told.filter((t) => t !== undefined);
    if (why !== undefined && told.every((t) => t !== undefined)) {
      throw new LawNotApplicable('checkEstimatorsAgree', 'estimators that can be compared', why);
    }
  });
