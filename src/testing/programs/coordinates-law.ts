/** The law that coordinates of latent sites do not matter. No statistics. */
import * as tf from '@tensorflow/tfjs';
import type { Bijector, Distribution, Support, Tensor } from '../../../dsl/index.js';
import type { Instruction } from '../../../dsl/program/instruction.js';
import type { Visit } from '../../../dsl/program/program.js';
import { elementwise } from '../../../dsl/bijector.js';
import { logProbOfDraw } from '../../../dsl/distribution.js';
import { sumLast } from '../../../dsl/tensor.js';
import { elbo } from '../../bounds/objectives/elbo.js';
import { score, trace } from '../../interpreters/trace.js';
import { keyedNoise } from '../../noise-source.js';
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
    case 'oneHot':
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
