/** Networks that parametrise laws: the examples run, and compute what they say. Seeds are fixed. */
import * as tf from '@tensorflow/tfjs';
import { useBackend } from 'marginalia';
import { beforeAll, describe, expect, it } from 'vitest';
import { calibrationOf, confusionOf } from '../../examples/conditional/calibration.js';
import { example as conditional } from '../../examples/conditional/main.js';
import { curves } from '../../examples/output-layers/curves.js';
import { example as outputLayers } from '../../examples/output-layers/main.js';
import { correlation, truths } from '../../examples/output-layers/truth.js';
import { shownBy } from './gallery-run.js';

beforeAll(async () => {
  await useBackend('wasm')();
});

it.each([
  [outputLayers, ['laws.svg'], /known laws/],
  [conditional, ['calibration.svg', 'confusion.svg', 'hardest.svg'], /drawn digits/],
])('$name leaves its pictures and figures', async (example, pictures, data) => {
  const shown = await shownBy(example, 2);
  expect(Object.keys(shown.pictures)).toEqual(pictures);
  expect(shown.checks.length).toBeGreaterThan(2);
  expect(shown.checks.every(({ found }) => Number.isFinite(found))).toBe(true);
  expect(shown.figures['data']).toMatch(data);
});

describe('calibration', () => {
  const chances = [
    [0.95, 0.05],
    [0.05, 0.95],
    [0.35, 0.65],
    [0.65, 0.35],
  ];

  it('is the mean distance of confidence and accuracy over bins', () => {
    // Two of confidence 0.95 are right; of two of 0.65 one is.
    const found = calibrationOf(chances, [0, 1, 1, 1]);
    expect(found.accuracy).toBe(0.75);
    expect(found.error).toBeCloseTo((0.05 + 0.15) / 2, 12);
    expect(found.bins.map(({ count }) => count)).toEqual([2, 2]);
    expect(found.negativeLogLikelihood).toBeCloseTo(
      -(2 * Math.log(0.95) + Math.log(0.65) + Math.log(0.35)) / 4,
      12,
    );
  });

  it('has certain predictions in the last bin', () => {
    expect(calibrationOf([[1, 0]], [0]).error).toBe(0);
  });

  it('goes with the shares of each class that are taken for others', () => {
    expect(confusionOf(chances, [0, 1, 1, 1])).toEqual([
      [1, 0],
      [1 / 3, 2 / 3],
    ]);
  });
});

describe('the truth', () => {
  it('of the full normal has the correlation that is drawn, and a deviation of ½', () => {
    const x = tf.tensor2d([[-1.5], [0.4], [2]]);
    const law = truths['full Normal'](x);
    const drawn = [...curves['full Normal'].of(law).dataSync()];
    [...correlation(x).dataSync()].forEach((rho, i) => expect(drawn[i]).toBeCloseTo(rho, 5));
    for (const v of law.variance?.().dataSync() ?? [NaN]) expect(v).toBeCloseTo(0.25, 5);
  });

  it('of classes has probabilities that sum to 1', () => {
    const law = truths.Categorical(tf.tensor2d([[0.3], [-2]]));
    const sums = tf.sum(curves.Categorical.of(law), -1).dataSync();
    expect([...sums].map((s) => s.toFixed(5))).toEqual(['1.00000', '1.00000']);
  });
});
