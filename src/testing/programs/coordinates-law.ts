/** The law that coordinates of latent sites do not matter. No statistics. */
import * as tf from '@tensorflow/tfjs';
import { type Distribution, type Support, type Tensor, interval } from '../../../dsl/index.js';
import { entriesOf, widened } from '../../../dsl/supports/array.js';
import { isInterval } from '../../../dsl/supports/interval.js';
import type { Instruction } from '../../../dsl/program/instruction.js';
import type { Visit } from '../../../dsl/program/program.js';
import { imageUnder } from '../../../dsl/law/preimage.js';
import { elbo } from '../../bounds/objectives/elbo.js';
import { type SampleStructure, latentSites } from '../../bounds/dependence/structure.js';
import { logDensity, trace } from '../../interpreters/trace.js';
import { keyedNoise } from '../../random/noise-source.js';
import { foldIn } from '../../random/index.js';
import {
  type AnyProgram,
  type Inference,
  type Trial,
  boundOf,
  paramsOf,
  trialOf,
} from '../law/inference.js';
import { expectClose } from '../law/law.js';
import { expectSameBound } from '../law/expect-same-bound.js';
import { LawNotApplicable } from '../law/not-applicable.js';

/** Latents by site name. */
export type Values = Readonly<Record<string, Tensor>>;

/** The same inference in other coordinates. */
export interface Coordinates {
  readonly model: AnyProgram;
  readonly guide: AnyProgram;
  /** Its latent values at those of the first. */
  readonly values: (latents: Values) => Values;
}

/** What the values of a site are multiplied by, on both sides: powers of two lose no digit. */
type Factor = 2 | -2;

/** How the entries of a support move: any way, away from a bound or not at all. */
const kindOf = (support: Support): 'free' | 'halfLine' | undefined => {
  const { kind } = entriesOf(support);
  if (kind === 'positive' || kind === 'nonnegative') return 'halfLine';
  return kind === 'real' || kind === 'interval' ? 'free' : undefined;
};

/** Where the multiples of a support's values lie; a half line is multiplied by 2 only. */
const imageOf = (support: Support, factor: Factor): Support => {
  const each = entriesOf(support);
  if (!isInterval(each)) return support;
  const [a, b] = [factor * each.low, factor * each.high];
  return widened(factor > 0 ? interval(a, b) : interval(b, a), support.eventRank);
};

const isPoint = ({ family }: SampleStructure): boolean => family.includes('Delta');

/**
 * One factor for both sides of each site, be their supports different. Sites of other supports, or
 * point masses, on either side are left as they are.
 */
const factorsOf = ({ structure }: Trial): ReadonlyMap<string, Factor> => {
  const guide = new Map(latentSites(structure.guide).map((q) => [q.name, q]));
  return new Map(
    latentSites(structure.model).flatMap((p): readonly (readonly [string, Factor])[] => {
      const sides = [p, guide.get(p.name) ?? p];
      const kinds = sides.map(({ support }) => kindOf(support));
      if (kinds.includes(undefined) || sides.some(isPoint)) return [];
      return [[p.name, kinds.includes('halfLine') ? 2 : -2]];
    }),
  );
};

/** The law of the multiples of a law's values. */
const multiplied = (d: Distribution, factor: Factor): Distribution => {
  const { batchShape, eventShape } = d;
  const volume = Math.LN2 * eventShape.reduce((product, n) => product * n, 1);
  const map = { name: 'multiplied' };
  return {
    family: { name: 'multiplied', axes: {} },
    parameters: {},
    support: imageOf(d.support, factor),
    batchShape,
    eventShape,
    sampler: {
      gradient: d.sampler.gradient,
      noise: d.sampler.noise,
      draw: (noise) => {
        const { value: x, preimage: of } = d.sampler.draw(noise);
        const preimage = { map, x, eventRank: eventShape.length, ...(of && { of }) };
        return { value: tf.mul(x, factor), preimage };
      },
    },
    logProb: (y, preimage) => {
      const own = imageUnder(map, preimage);
      return tf.sub(d.logProb(own ?? tf.div(y, factor), own && preimage?.of), volume);
    },
  };
};

/** A program whose latent sites are drawn multiplied, and divided before they are used. */
const inOtherCoordinates = (
  inner: AnyProgram,
  factors: ReadonlyMap<string, Factor>,
): AnyProgram => ({
  *[Symbol.iterator](): Generator<Visit<unknown>, unknown, Tensor> {
    const visits = inner[Symbol.iterator]();
    const factorOf = (i: Instruction): Factor | undefined =>
      i.op === 'sample' && i.observed === undefined && !i.hidden ? factors.get(i.name) : undefined;
    let next = visits.next();
    while (next.done !== true) {
      const { instruction } = next.value;
      const factor = factorOf(instruction);
      if (factor === undefined || instruction.op !== 'sample') {
        next = visits.next(yield { instruction });
      } else {
        const distribution = multiplied(instruction.distribution, factor);
        const answer: Tensor = yield { instruction: { ...instruction, distribution } };
        next = visits.next(tf.div(answer, factor));
      }
    }
    return next.value;
  },
});

const checkMultiplied = (trial: Trial): void => {
  const { model, guide, params, key, tolerance } = trial;
  const factors = factorsOf(trial);
  if (factors.size === 0) {
    const expected = 'a latent site on the reals, a half line or an interval on both sides';
    throw new LawNotApplicable('checkReparameterisation', expected, 'none');
  }
  const noise = keyedNoise(key);
  const objective = elbo({ closedFormKl: 'never', particles: 2 });
  const expected = boundOf(trial, objective).found(noise);
  const other = {
    model: inOtherCoordinates(model, factors),
    guide: inOtherCoordinates(guide, factors),
    params,
  };
  const found = boundOf(other, objective).found(noise);
  const claim = trial.claim('latents in other coordinates have the same weights');
  expectSameBound(claim, 'with latents multiplied', found, expected, 10 * tolerance);
};

/** log p(data, z) − log q(z) at given latents, and how large the two are, which rounding grows with. */
const weightAt = (
  model: AnyProgram,
  guide: AnyProgram,
  at: Parameters<typeof logDensity>[1],
): { readonly value: number; readonly size: number } => {
  const [logP, logQ] = [model, guide].map((p) => logDensity(p, at).dataSync()[0] ?? Number.NaN);
  const [p, q] = [logP ?? Number.NaN, logQ ?? Number.NaN];
  return { value: p - q, size: Math.max(Math.abs(p), Math.abs(q)) };
};

/**
 * Checks that a change of variables of the latent sites leaves log p(data, z) − log q(z) alone.
 *
 * Without `as` every site on the reals or in an interval is drawn at −2 times its value, and on a half
 * line at twice, and divided before it is used; bound and gradients must stay. A site that is on a half
 * line, or of no such support, on one side only is treated alike on both. With `as`, another way to write the same inference, such
 * as a non-centred one, log weights must be equal at the values that `as.values` gives.
 *
 * - Errors: a broken law; a `LawNotApplicable` where no site is of such a support.
 *
 * @example
 * ```ts
 * const law = (scale: number) => ({
 *   model: sample('z', normal(3, 2)),
 *   guide: sample('z', normal(1, 1)),
 *   as: {
 *     model: sample('e', normal(0, 1)),
 *     guide: sample('e', normal(-1, scale)),
 *     values: ({ z }: Readonly<Record<string, Tensor>>) => ({ e: tf.div(tf.sub(z ?? NaN, 3), 2) }),
 *   },
 * });
 * checkReparameterisation(law(0.5));
 * E.isLeft(E.tryCatch(() => checkReparameterisation(law(1)), String)); // true
 * ```
 */
export const checkReparameterisation = ({
  as,
  ...inference
}: Inference & { readonly as?: Coordinates }): void =>
  tf.tidy(() => {
    const trial = trialOf(inference);
    if (as === undefined) return checkMultiplied(trial);
    const { model, guide, params, key, tolerance } = trial;
    const others = paramsOf(as.model, as.guide, params);
    const claim = trial.claim('latents in other coordinates have the same weights');
    [0, 1, 2, 3].forEach((round) => {
      const { sites } = trace(guide, { key: foldIn(key, round), params });
      const latents = Object.values(sites).filter((s) => s.kind === 'latent');
      const values = Object.fromEntries(latents.map((s) => [s.name, s.value]));
      const expected = weightAt(model, guide, { params, values });
      const found = weightAt(as.model, as.guide, { params: others, values: as.values(values) });
      const absolute = tolerance * Math.max(10, expected.size, found.size);
      const what = 'the log weight in the other coordinates';
      expectClose(claim, what, found.value, expected.value, { absolute, relative: 0 });
    });
  });
