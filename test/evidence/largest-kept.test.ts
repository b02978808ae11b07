/** The largest of each column, of whatever else there is. */
import { describe, expect, it } from 'vitest';
import { largestKept } from '../../src/evidence/largest-kept.js';
import { evidenceOf, errorOfTotal, gatherer } from '../../src/evidence/log-evidence.js';
import { paretoK } from '../../src/evidence/psis.js';
import { drawAt } from '../../src/evidence/simulated-data.js';
import { effectiveSamples, runningWeightSums } from '../../src/evidence/weight-sums.js';
import { key, randomNormal } from '../../src/random/index.js';
import * as tf from '@tensorflow/tfjs';

describe('what is kept of a stream', () => {
  it('is spoilt by a NaN in its own column alone', () => {
    const kept = largestKept(2, 2);
    [1, 3, 2].forEach((x) => kept.add(0, x));
    [1, NaN, 2].forEach((x) => kept.add(1, x));
    expect(kept.of(0)).toEqual(Float64Array.of(3, 2));
    expect(kept.of(1)).toEqual(Float64Array.of(NaN));
  });

  it('gives k̂ of all weights, its cutoff among them', () => {
    const weights = Float64Array.from(randomNormal(key(3), 400), (e) => 0.4 * e ** 2);
    const gathering = gatherer(1, weights.length);
    for (const w of weights) {
      gathering.add(0, w);
      gathering.counted();
    }
    expect(evidenceOf(gathering.gathered()).paretoK[0]).toBe(paretoK(weights));
  });

  it('is worth no draw where all weights are 0', () => {
    const running = runningWeightSums(1, 2);
    running.add(0, -Infinity);
    running.counted();
    expect(effectiveSamples(running.sums())).toEqual(Float64Array.of(0));
  });
});

describe('numbers of independent elements', () => {
  it('have errors that add as squares', () => {
    expect(errorOfTotal(Float64Array.of(3, 4))).toBe(5);
  });

  it('are taken draw by draw', () => {
    tf.tidy(() => {
      const draws = {
        z: tf.tensor2d([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
      };
      expect(drawAt(draws, 1)['z']?.arraySync()).toEqual([3, 4]);
      expect(drawAt(draws, 2)['z']?.arraySync()).toEqual([5, 6]);
    });
  });
});
