/** What bounds tend to, against closed forms in double precision. */
import * as tf from '@tensorflow/tfjs';
import { type Objective, bernoulli, iwae, normal, observe, program, sample } from 'marginalia';
import { cubo, eubo, renyi } from 'marginalia/objectives';
import { describe, expect, it } from 'vitest';
import { limitOf } from '../../../src/testing/bounds/limit.js';
import { trialOf } from '../../../src/testing/law/inference.js';
import { miwae } from '../objectives/own-bounds.js';

const prior = [0.25, 0.75];
const chances = [0.9, 0.1];
const model = program(function* () {
  const z = yield* sample('z', bernoulli({ probs: 0.75 }));
  yield* observe('x', normal(z, 1), 1.5);
});
const guide = sample('z', bernoulli({ probs: 0.1 }));

const joint = (z: number): number =>
  (prior[z] ?? 0) * Math.exp(-((1.5 - z) ** 2) / 2 - Math.log(2 * Math.PI) / 2);
const evidence = joint(0) + joint(1);
const over = (f: (w: number, z: number) => number): number =>
  chances.reduce((sum, q, z) => sum + q * f(joint(z) / q, z), 0);

const limit = (at: (particles: number) => Objective): number | undefined =>
  tf.tidy(() => ({ found: limitOf(trialOf({ model, guide }), at(2), at) })).found;

describe('the limit of a bound', () => {
  it.each([
    ['IWAE', (particles: number) => iwae({ particles }), Math.log(evidence)],
    [
      'EUBO',
      (particles: number) => eubo({ particles }),
      -over((w) => (w / evidence) * Math.log(w)),
    ],
    ['CUBO', (particles: number) => cubo({ particles }), -Math.log(over((w) => w * w)) / 2],
    ['Rényi', (particles: number) => renyi({ alpha: 2, particles }), -Math.log(over((w) => 1 / w))],
  ] as const)('is that of %s', (_, at, expected) => {
    expect(limit(at)).toBeCloseTo(expected, 2);
  });

  it('is not told where the order of particles matters', () => {
    expect(limit(miwae)).toBeUndefined();
  });
});
