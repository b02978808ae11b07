/** Mixtures of laws of several families: formulas in double precision, supports, what all have. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Tensor,
  bernoulli,
  bijectors,
  categorical,
  exponential,
  gamma,
  mixture,
  normal,
  studentT,
  transformed,
  uniform,
} from 'marginalia';
import { binomial, cauchy, logistic, poisson } from 'marginalia/distributions';
import { describe, expect, it } from 'vitest';
import { invalidArgument } from '../../../dsl/law/validity.js';
import { parametersOf } from '../../../dsl/law/structure.js';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];
const first = (x: Tensor | undefined): number => numbers(x)[0] ?? Number.NaN;
const weights = [0.3, 0.7];
const two = categorical({ probs: weights });

describe('a mixture of several families', () => {
  it('adds the densities of its parts', () => {
    const [a, b] = [normal(0.5, 2), studentT(3, 0, 1)];
    const d = mixture(two, [a, b]);
    for (const z of [-4, 0, 1.5]) {
      const parts = [a, b].map((part) => Math.exp(first(part.logProb(tf.scalar(z)))));
      const sum = 0.3 * (parts[0] ?? NaN) + 0.7 * (parts[1] ?? NaN);
      expect(first(d.logProb(tf.scalar(z)))).toBeCloseTo(Math.log(sum), 5);
    }
    expect(d.support.name).toBe('real');
    expect(d.sampler.gradient).toBe('score');
  });

  it('is that of one family where all parts are', () => {
    const parts = mixture(categorical({ logits: [0, 1] }), [normal([0, 1, 2], 1), normal(3, 2)]);
    const whole = mixture(
      categorical({ logits: [0, 1] }),
      normal(
        [
          [0, 3],
          [1, 3],
          [2, 3],
        ],
        [1, 2],
      ),
    );
    const z = tf.tensor2d([[-1], [2]]);
    expect(parts.batchShape).toEqual([3]);
    for (const f of [
      (d: Distribution) => d.logProb(z),
      (d: Distribution) => d.mean?.(),
      (d: Distribution) => d.variance?.(),
      (d: Distribution) => d.cdf?.(z),
    ]) {
      expect(f(parts)?.shape).toEqual(f(whole)?.shape);
      const wanted = numbers(f(whole));
      numbers(f(parts)).forEach((x, i) => expect(x).toBeCloseTo(wanted[i] ?? NaN, 5));
    }
  });

  it('has what all of its parts have', () => {
    expect(mixture(two, [normal(0, 1), cauchy(0, 1)]).mean).toBeUndefined();
    expect(mixture(two, [normal(0, 1), logistic(0, 1)]).variance).toBeDefined();
    expect(
      mixture(two, [poisson(1), binomial(3, { probs: 0.5 })]).sampler.enumeration,
    ).toBeUndefined();
  });

  it('lies on the support that holds those of all, and no part beyond its own', () => {
    const d = mixture(two, [transformed(normal(0, 1), bijectors.exp), normal(0, 1)]);
    expect(d.support.name).toBe('real');
    const below = tf.scalar(-1);
    expect(first(d.logProb(below))).toBeCloseTo(Math.log(0.7) - 0.5 - 0.9189385, 5);
    const counts = mixture(two, [bernoulli({ probs: 0.5 }), binomial(3, { probs: 0.5 })]);
    expect(counts.sampler.gradient).toBe('enumerable');
    expect(counts.sampler.enumeration?.count).toBe(4);
    const total = numbers(tf.exp(counts.logProb(tf.range(0, 4)))).reduce((a, b) => a + b, 0);
    expect(total).toBeCloseTo(1, 6);
    expect(first(counts.logProb(tf.scalar(3)))).toBeCloseTo(Math.log(0.7 / 8), 5);
  });

  it('is judged by what its parts are made from, and depends on all of it', () => {
    const d = mixture(two, [normal(0, 1), studentT(3, 0, tf.scalar(-1))]);
    expect(invalidArgument(d)?.of.family.name).toBe('StudentT');
    expect(parametersOf(d)).toHaveLength(2 + 2 + 3);
  });

  it('is refused where parts do not fit', () => {
    const refused = (parts: readonly Distribution[], says: RegExp): void =>
      expect(() => mixture(two, parts)).toThrow(says);
    refused([], /one component for each class, but got none/);
    refused([normal(0, 1)], /but got K = 2 and 1; give one for each class/);
    refused([normal(0, 1), poisson(1)], /on parts of one, but got real and integers/);
    refused([exponential(1), uniform(-1, 1)], /transform them onto one/);
    refused([gamma(1, 1), mixture(two, gamma([1, 1], 1)), gamma(1, 1)], /K = 2 and 3/);
  });
});
