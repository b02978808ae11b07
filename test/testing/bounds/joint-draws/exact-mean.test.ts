/** Means over every joint draw, against sums written out in double precision. */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  bernoulli,
  elbo,
  iwae,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
} from 'marginalia';
import { describe, expect, it } from 'vitest';
import { exactMean } from '../../../../src/testing/bounds/joint-draws/exact-mean.js';
import { type Inference, trialOf } from '../../../../src/testing/law/inference.js';
import { jvi, miwae, tvo } from '../../objectives/own-bounds.js';

const data = [1.5, -1];
const inference: Inference = {
  model: plate(
    'data',
    2,
    program(function* () {
      const z = yield* sample('z', bernoulli({ probs: 0.75 }));
      yield* observe('x', normal(tf.mul(z, 2), 1), data);
    }),
  ),
  guide: plate(
    'data',
    2,
    program(function* () {
      yield* sample('z', bernoulli({ logits: yield* param('logits', -0.5) }));
    }),
  ),
};

const chanceOfOne = 1 / (1 + Math.exp(0.5));
const chances = [1 - chanceOfOne, chanceOfOne];
const prior = [0.25, 0.75];
const logWeight = (x: number, z: number): number =>
  Math.log((prior[z] ?? 0) / (chances[z] ?? 0)) - (x - 2 * z) ** 2 / 2 - Math.log(2 * Math.PI) / 2;

/** Σ over data of E f(log w_1, …, log w_K), over all draws of the particles of a datum. */
const meanOf = (particles: number, f: (weights: readonly number[]) => number): number =>
  data
    .flatMap((x) =>
      Array.from({ length: 2 ** particles }, (_, draw) => {
        const states = Array.from({ length: particles }, (__, k) => (draw >> k) & 1);
        const chance = states.reduce((product, z) => product * (chances[z] ?? 0), 1);
        return chance * f(states.map((z) => logWeight(x, z)));
      }),
    )
    .reduce((a, b) => a + b, 0);

const logMeanExp = (weights: readonly number[]): number =>
  Math.log(weights.reduce((sum, w) => sum + Math.exp(w), 0) / weights.length);

const found = (objective: Objective, of: Inference = inference): number | undefined =>
  tf.tidy(() => ({ mean: exactMean(trialOf(of), objective) })).mean;

describe('the mean over every joint draw', () => {
  it('is that of an independent sum, be there few draws or only few sets of them', () => {
    expect(found(elbo({ discrete: 'score' }))).toBeCloseTo(meanOf(1, logMeanExp), 5);
    expect(found(iwae({ particles: 3 }))).toBeCloseTo(meanOf(3, logMeanExp), 5);
    // 4¹² joint draws, of which 455 differ in more than the order of particles.
    expect(found(iwae({ particles: 12 }))).toBeCloseTo(meanOf(12, logMeanExp), 5);
  });

  it('is that of bounds for which the order of particles matters, or that are no power means', () => {
    expect(found(miwae(4))).toBeCloseTo(meanOf(2, logMeanExp), 5);
    const jackknife = 3 * meanOf(3, logMeanExp) - 2 * meanOf(2, logMeanExp);
    expect(found(jvi(3))).toBeCloseTo(jackknife, 5);
    expect(found(tvo(1))).toBeCloseTo(meanOf(1, logMeanExp), 5);
  });

  it('is none where one order would have to stand for others that differ from it', () => {
    expect(found(miwae(12))).toBeUndefined();
  });

  it('needs nothing but the value where all is summed over already', () => {
    expect(found(elbo())).toBeCloseTo(meanOf(1, logMeanExp), 5);
  });

  it('is none of draws that cannot be listed', () => {
    const continuous = { model: sample('z', normal(0, 1)), guide: sample('z', normal(0, 1)) };
    expect(found(elbo(), continuous)).toBeUndefined();
  });
});
