/** Laws of rewriting programs: names, order, coordinates, and sites that are added. No statistics. */
import * as tf from '@tensorflow/tfjs';
import {
  type Bijector,
  type Distribution,
  type Support,
  type Tensor,
  normal,
  program,
  sample,
} from '../../dsl/index.js';
import type { Instruction } from '../../dsl/program/instruction.js';
import { type Program, type Visit, rewrite } from '../../dsl/program/program.js';
import { elementwise } from '../../dsl/bijector.js';
import { logProbOfDraw } from '../../dsl/distribution.js';
import { sumLast } from '../../dsl/tensor.js';
import type { Objective } from '../bounds/objective.js';
import { elbo } from '../bounds/objectives/elbo.js';
import { score, trace } from '../interpreters/trace.js';
import { type NoiseSource, keyedNoise } from '../noise-source.js';
import { foldIn } from '../random/index.js';
import {
  type AnyProgram,
  type Inference,
  type Trial,
  boundOf,
  paramsOf,
  trialOf,
} from './inference.js';
import { broken, expectClose } from './law.js';
import { renamedNoise } from './noise-views.js';
import { expectSameBound } from './plate-laws.js';

/** What two ways of writing an inference are compared by. */
export interface ProgramLaw extends Inference {
  readonly objective?: Objective;
}

const PREFIX = 'renamed ';

const renamed = (inner: AnyProgram): AnyProgram =>
  rewrite(inner, () => ({
    each: (i) => (i.op === 'subsample' || i.op === 'param' ? i : { ...i, name: PREFIX + i.name }),
  }));

const original = (site: string): string =>
  site.startsWith(PREFIX) ? site.slice(PREFIX.length) : site;

/**
 * Checks that names do not matter: with every site called something else, and its noise found under
 * that name, bound and gradients are the same. An objective that treats sites by name breaks it.
 *
 * - Errors: a broken law.
 *
 * @example
 * ```ts
 * checkRenaming({ model: sample('z', normal(0, 1)), guide: sample('z', normal(1, 2)) });
 * ```
 */
export const checkRenaming = ({ objective = elbo(), ...inference }: ProgramLaw): void =>
  tf.tidy(() => {
    const trial = trialOf(inference);
    const { model, guide, params, key, tolerance } = trial;
    const noise = keyedNoise(key);
    const expected = boundOf(trial, objective).found(noise);
    const other = { model: renamed(model), guide: renamed(guide), params };
    const found = boundOf(other, objective).found(renamedNoise(noise, original));
    const claim = trial.claim('names do not matter');
    expectSameBound(claim, 'under other names', found, expected, tolerance);
  });

/**
 * Checks that order does not matter: `reordered` is the same model, the same guide, or both, with
 * independent sites in another order. Bound and gradients must be the same, for noise belongs to names.
 *
 * - Errors: a broken law.
 *
 * @example
 * ```ts
 * const [a, b] = [sample('a', normal(0, 1)), sample('b', normal(0, 2))];
 * const one = program(function* () {
 *   yield* a;
 *   yield* b;
 * });
 * const other = program(function* () {
 *   yield* b;
 *   yield* a;
 * });
 * checkReordering({ model: one, guide: one, reordered: { guide: other } });
 * ```
 */
export const checkReordering = ({
  objective = elbo(),
  reordered,
  ...inference
}: ProgramLaw & {
  readonly reordered: { readonly model?: AnyProgram; readonly guide?: AnyProgram };
}): void =>
  tf.tidy(() => {
    const trial = trialOf(inference);
    const { model = trial.model, guide = trial.guide } = reordered;
    const noise = keyedNoise(trial.key);
    const expected = boundOf(trial, objective).found(noise);
    const params = paramsOf(model, guide, trial.params);
    const found = boundOf({ model, guide, params }, objective).found(noise);
    const claim = trial.claim('order does not matter');
    expectSameBound(claim, 'in another order', found, expected, trial.tolerance);
  });

/** Latents by site name. */
export type Values = Readonly<Record<string, Tensor>>;

/** The same inference in other coordinates. */
export interface Coordinates {
  readonly model: AnyProgram;
  readonly guide: AnyProgram;
  /** Its latent values at those of the first. */
  readonly values: (latents: Values) => Values;
}

/** Twice a number and a little more, or only twice where it must stay positive. */
const stretched = (support: Support): Bijector | undefined => {
  const scalar = support.kind === 'arrayOf' ? support.base : support;
  switch (scalar.kind) {
    case 'real':
      return elementwise({
        name: 'stretched',
        codomain: scalar,
        forward: (x) => tf.add(tf.mul(x, 2), 0.25),
        inverse: (y) => tf.div(tf.sub(y, 0.25), 2),
        logAbsDetJacobian: (x) => tf.fill(x.shape, Math.LN2),
      });
    case 'positive':
    case 'nonnegative':
      return elementwise({
        name: 'stretched',
        codomain: scalar,
        forward: (x) => tf.mul(x, 2),
        inverse: (y) => tf.div(y, 2),
        logAbsDetJacobian: (x) => tf.fill(x.shape, Math.LN2),
      });
    case 'interval':
    case 'integers':
    case 'simplex':
    case 'lowerCholesky':
      return undefined;
  }
};

/** The law of f(z), for a map that leaves the support where it is. */
const mapped = (
  d: Distribution,
  { forward, inverse, logAbsDetJacobian }: Bijector,
): Distribution => {
  const rank = d.eventShape.length;
  const volume = (x: Tensor): Tensor => sumLast(logAbsDetJacobian(x), rank);
  return {
    family: { tag: 'Custom', name: 'stretched', parameters: {} },
    support: d.support,
    batchShape: d.batchShape,
    eventShape: d.eventShape,
    sampler: {
      gradient: d.sampler.gradient,
      noise: d.sampler.noise,
      push: (noise) => forward(d.sampler.push(noise)),
      logProbOfDraw: (noise, y) => {
        const x = inverse(y);
        return tf.sub(logProbOfDraw(d, noise, x), volume(x));
      },
    },
    logProb: (y) => {
      const x = inverse(y);
      return tf.sub(d.logProb(x), volume(x));
    },
  };
};

/** A program whose latent sites are drawn stretched and shrunk again before they are used. */
const inOtherCoordinates = (inner: AnyProgram): AnyProgram => ({
  *[Symbol.iterator](): Generator<Visit<unknown>, unknown, Tensor> {
    const visits = inner[Symbol.iterator]();
    const mapOf = (i: Instruction): Bijector | undefined =>
      i.op === 'sample' &&
      i.observed === undefined &&
      !i.hidden &&
      i.distribution.family.tag !== 'Delta'
        ? stretched(i.distribution.support)
        : undefined;
    let next = visits.next();
    while (next.done !== true) {
      const { instruction } = next.value;
      const map = mapOf(instruction);
      if (map === undefined || instruction.op !== 'sample') {
        next = visits.next(yield { instruction });
      } else {
        const distribution = mapped(instruction.distribution, map);
        const answer: Tensor = yield { instruction: { ...instruction, distribution } };
        next = visits.next(map.inverse(answer));
      }
    }
    return next.value;
  },
});

const checkStretched = (trial: Trial): void => {
  const { model, guide, params, key, tolerance } = trial;
  const noise = keyedNoise(key);
  const objective = elbo({ closedFormKl: 'never', particles: 2 });
  const expected = boundOf(trial, objective).found(noise);
  const other = {
    model: inOtherCoordinates(model),
    guide: inOtherCoordinates(guide),
    params,
  };
  const found = boundOf(other, objective).found(noise);
  const claim = trial.claim('latents in other coordinates have the same weights');
  expectSameBound(claim, 'with latents stretched', found, expected, 10 * tolerance);
};

/** log p(data, z) − log q(z) at given latents. */
const weightAt = (model: AnyProgram, guide: AnyProgram, at: Parameters<typeof score>[1]): number =>
  tf.sub(score(model, at), score(guide, at)).dataSync()[0] ?? Number.NaN;

/**
 * Checks that a change of variables of the latent sites leaves log p(data, z) − log q(z) alone.
 *
 * Without `as` every site on the reals or a half line is drawn at twice its size and shrunk before it
 * is used; bound and gradients must stay. With `as`, another way to write the same inference, such
 * as a non-centred one, log weights must be equal at the values that `as.values` gives.
 *
 * - Errors: a broken law.
 *
 * @example
 * ```ts
 * checkReparameterisation({
 *   model: sample('z', normal(3, 2)),
 *   guide: sample('z', normal(1, 1)),
 *   as: {
 *     model: sample('e', normal(0, 1)),
 *     guide: sample('e', normal(-1, 0.5)),
 *     values: ({ z }) => ({ e: tf.div(tf.sub(z ?? NaN, 3), 2) }),
 *   },
 * });
 * ```
 */
export const checkReparameterisation = ({
  as,
  ...inference
}: Inference & { readonly as?: Coordinates }): void =>
  tf.tidy(() => {
    const trial = trialOf(inference);
    if (as === undefined) return checkStretched(trial);
    const { model, guide, params, key, tolerance } = trial;
    const others = paramsOf(as.model, as.guide, params);
    const claim = trial.claim('latents in other coordinates have the same weights');
    [0, 1, 2, 3].forEach((round) => {
      const { sites } = trace(guide, { key: foldIn(key, round), params });
      const latents = Object.values(sites).filter((s) => s.kind === 'latent');
      const values = Object.fromEntries(latents.map((s) => [s.name, s.value]));
      const expected = weightAt(model, guide, { params, values });
      const found = weightAt(as.model, as.guide, { params: others, values: as.values(values) });
      const slack = { absolute: 10 * tolerance, relative: tolerance };
      expectClose(claim, 'the log weight in the other coordinates', found, expected, slack);
    });
  });

const EXTRA = 'a site that the law has added';

/** A program with one more site, independent of all others, before and after it. */
const withExtra = (inner: AnyProgram): Program<unknown, unknown> =>
  program(function* () {
    yield* sample(`${EXTRA} before`, normal(0, 1));
    const result = yield* inner;
    yield* sample(`${EXTRA} after`, normal(0, 1));
    return result;
  });

/** Records the noise of each site. */
const recorded = (
  all: NoiseSource,
): { noise: NoiseSource; seen: Map<string, readonly number[]> } => {
  const seen = new Map<string, readonly number[]>();
  const noise: NoiseSource = (site, block, asked, batch) => {
    const x = all(site, block, asked, batch);
    seen.set(`block ${block} of '${site}'`, [...x.dataSync()]);
    return x;
  };
  return { noise, seen };
};

/**
 * Checks that noise belongs to its site: with more sites before and after it all draws of the guide and
 * their bound are as they were, and no two sites share noise. `noise` is where draws come from,
 * `keyedNoise` where left out; give your own source to have it checked.
 *
 * - Errors: a broken law, which names the sites.
 *
 * @example
 * ```ts
 * const two = program(function* () {
 *   yield* sample('a', normal(0, 1));
 *   yield* sample('b', normal(0, 1));
 * });
 * checkNoise({ model: two, guide: two });
 * ```
 */
export const checkNoise = ({
  noise: sourceOf = keyedNoise,
  ...inference
}: Inference & { readonly noise?: (key: Trial['key']) => NoiseSource }): void =>
  tf.tidy(() => {
    const trial = trialOf(inference);
    const { model, guide, params, key, tolerance } = trial;
    const claim = trial.claim('noise belongs to its site');
    const objective = elbo({ closedFormKl: 'never', discrete: 'score' });
    const alone = recorded(sourceOf(key));
    const expected = boundOf(trial, objective).found(alone.noise);
    const more = recorded(sourceOf(key));
    const other = { model: withExtra(model), guide: withExtra(guide), params };
    const found = boundOf(other, objective).found(more.noise);
    for (const [place, xs] of alone.seen) {
      const after = more.seen.get(place) ?? [];
      if (xs.length !== after.length || xs.some((x, i) => x !== after[i])) {
        broken(claim, `${place} to stay when a site is added`, 'other draws');
      }
    }
    expectSameBound(claim, 'with a site added', found, expected, tolerance);
    const places = [...more.seen];
    places.forEach(([place, xs], i) =>
      places.slice(0, i).forEach(([earlier, ys]) => {
        if (xs.some((x) => ys.includes(x))) {
          broken(claim, `noise of its own for ${place}`, `draws that ${earlier} has`);
        }
      }),
    );
  });
