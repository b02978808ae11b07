/** Autoencoders of the gallery: each runs and leaves its pictures, and computes what it says. Seeds are fixed. */
import * as tf from '@tensorflow/tfjs';
import { key, plate, sgd, simulate, svi, useBackend } from 'marginalia';
import { randomNormal } from 'marginalia/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { jacobianByDifferences } from '../../examples/contractive-autoencoder/finite-differences.js';
import { example as contractive } from '../../examples/contractive-autoencoder/main.js';
import { jacobianNorm } from '../../examples/contractive-autoencoder/model.js';
import { example as denoising } from '../../examples/denoising-autoencoder/main.js';
import { corruptions, denoisingAutoencoder } from '../../examples/denoising-autoencoder/model.js';
import { example as regularised } from '../../examples/regularised-autoencoder/main.js';
import {
  type Regulariser,
  regularisedAutoencoder,
} from '../../examples/regularised-autoencoder/model.js';
import { shownBy } from './gallery-run.js';

beforeAll(async () => {
  await useBackend('wasm')();
});

it.each([
  [regularised, ['activity.svg', 'features.svg']],
  [denoising, ['restored.svg', 'errors.svg']],
  [contractive, ['response.svg', 'reconstructions.svg']],
])('$name leaves its pictures and figures', async (example, pictures) => {
  const shown = await shownBy(example, 2);
  expect(Object.keys(shown.pictures)).toEqual(pictures);
  expect(shown.checks.length).toBeGreaterThan(2);
  expect(shown.checks.every(({ found }) => Number.isFinite(found))).toBe(true);
  expect(shown.figures['data']).toMatch(/drawn digits/);
});

const draws = (name: number, shape: readonly [number, number]) =>
  tf.tensor2d(randomNormal(key(name), shape[0] * shape[1]), [shape[0], shape[1]]);

it('a regulariser adds λ R to the loss', () => {
  const kernel = draws(1, [3, 4]);
  const x = draws(2, [5, 3]);
  const code = tf.relu(tf.matMul(x, kernel));
  const penaltyOf = (regulariser: Regulariser): number | undefined => {
    const { objective } = regularisedAutoencoder({
      pixels: 3,
      units: 4,
      regulariser,
      strength: 0.5,
    });
    const inference = svi({ ...objective, optimizer: sgd(0.1) });
    const state = inference.init(key(0), x, { 'encoder/kernel': kernel });
    return inference.evaluate(state, x).terms['penalty']?.dataSync()[0];
  };
  const sum = (values: tf.Tensor): number => tf.sum(values).dataSync()[0] ?? NaN;
  expect(penaltyOf('L2')).toBeCloseTo(0.5 * sum(tf.square(kernel)), 5);
  expect(penaltyOf('L1')).toBeCloseTo(0.5 * sum(tf.abs(kernel)), 5);
  expect(penaltyOf('sparse code')).toBeCloseTo((0.5 * sum(code)) / 5, 5);
  expect(penaltyOf('dropout')).toBeCloseTo(0, 12);
});

describe('a corruption', () => {
  const images = () => tf.fill([50, 100], 0.25);
  const corrupted = (name: keyof typeof corruptions) =>
    simulate(plate('images', 50, corruptions[name](images())), { key: key(3) });

  it('has the moments and the values of its law', () => {
    expect(new Set(corrupted('none').dataSync())).toEqual(new Set([0.25]));
    // 5000 draws: five standard errors are 0.035, and of the deviation 0.025.
    const { mean, variance } = tf.moments(corrupted('Gaussian'));
    expect(Math.abs((mean.dataSync()[0] ?? NaN) - 0.25)).toBeLessThan(0.035);
    expect(Math.abs(Math.sqrt(variance.dataSync()[0] ?? NaN) - 0.5)).toBeLessThan(0.025);
    expect(new Set(corrupted('dropout').dataSync())).toEqual(new Set([0, 0.5]));
    const salted = [...corrupted('salt and pepper').dataSync()];
    expect(new Set(salted)).toEqual(new Set([0, 0.25, 1]));
    // Five standard errors of 0.15 in 5000.
    expect(Math.abs(salted.filter((v) => v === 1).length / 5000 - 0.15)).toBeLessThan(0.026);
    expect(Math.abs(salted.filter((v) => v === 0).length / 5000 - 0.15)).toBeLessThan(0.026);
  });

  it.each(['Gaussian', 'dropout', 'salt and pepper'] as const)(
    'by %s is drawn anew in every step, and not at evaluation',
    (name) => {
      const { objective } = denoisingAutoencoder(100, name);
      const inference = svi({ ...objective, optimizer: sgd(0) });
      const x = images();
      const first = inference.init(key(4), x);
      const [second, { loss }] = inference.step(first, x);
      const [, { loss: next }] = inference.step(second, x);
      expect(next.dataSync()[0]).not.toBe(loss.dataSync()[0]);
      const evaluated = [first, second].map((s) => inference.evaluate(s, x).loss.dataSync()[0]);
      expect(evaluated[1]).toBe(evaluated[0]);
    },
  );
});

describe('the norm of a Jacobian', () => {
  it('is that of differences', () => {
    const [kernel, bias, x] = [draws(5, [6, 4]), draws(6, [1, 4]), draws(7, [2, 6])];
    const code = tf.sigmoid(tf.add(tf.matMul(x, kernel), bias));
    const exact = jacobianNorm(code, kernel).dataSync();
    const encoder = { kernel: kernel.dataSync(), bias: bias.dataSync() };
    for (const [i, row] of x.arraySync().entries()) {
      expect((exact[i] ?? NaN) / jacobianByDifferences(encoder, row)).toBeCloseTo(1, 5);
    }
  });

  it('by differences is that of one unit by hand', () => {
    // σ′(0) = ¼, so that it is (¼ · 3)² + (¼ · 4)².
    expect(jacobianByDifferences({ kernel: [3, 4], bias: [0] }, [0, 0])).toBeCloseTo(25 / 16, 6);
  });
});
