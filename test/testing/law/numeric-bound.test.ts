/** A bound by its graph is the bound by TensorFlow.js, at any noise and parameters. No statistics. */
import * as tf from '@tensorflow/tfjs';
import {
  bernoulli,
  elbo,
  gamma,
  iwae,
  key,
  normal,
  observe,
  param,
  positive,
  program,
  sample,
} from 'marginalia';
import { describe, expect, it } from 'vitest';
import { keyedNoise } from '../../../src/random/noise-source.js';
import { type Found, boundOf, trialOf } from '../../../src/testing/law/inference.js';
import { numericBound } from '../../../src/testing/law/numeric-bound.js';
import { finite } from '../bounds/gradient/gradient-subjects.js';

const rates = {
  model: program(function* () {
    const rate = yield* sample('rate', gamma(2, 1));
    yield* observe('x', normal(rate, 0.5), 1.5);
  }),
  guide: program(function* () {
    const concentration = yield* param('concentration', 3, { support: positive });
    yield* sample('rate', gamma(concentration, yield* param('b', 2, { support: positive })));
  }),
};

const bits = {
  model: program(function* () {
    const b = yield* sample('b', bernoulli({ probs: 0.5 }));
    yield* observe('x', normal(b, 1), 1);
  }),
  guide: program(function* () {
    yield* sample('b', bernoulli({ logits: yield* param('logits', -1) }));
  }),
};

const expectAlike = (one: Found, other: Found): void => {
  expect(one.value).toBeCloseTo(other.value, 4);
  expect(Object.keys(one.gradients)).toEqual(Object.keys(other.gradients));
  for (const [name, xs] of Object.entries(other.gradients)) {
    xs.forEach((x, i) => expect(one.gradients[name]?.[i], name).toBeCloseTo(x, 4));
  }
};

describe('a bound by its graph', () => {
  it.each([
    ['implicit draws', rates, iwae({ particles: 3 })],
    ['sums', finite, elbo()],
    // The surrogate is another number than the value.
    ['scores', bits, elbo({ discrete: 'score', particles: 3 })],
  ])('has the value and the gradients of the bound: %s', (_, inference, objective) => {
    tf.tidy(() => {
      const trial = trialOf(inference);
      const [graph, bound] = [numericBound(trial, objective), boundOf(trial, objective)];
      const found = [0, 1, 2].map((seed) => {
        const noise = keyedNoise(key(seed));
        const one = graph.found(noise);
        expectAlike(one, bound.found(noise));
        expect(graph.value(noise)).toBeCloseTo(one.value, 6);
        return one;
      });
      // What was found before stays as it was.
      found.forEach((one, seed) => expectAlike(one, bound.found(keyedNoise(key(seed)))));
    });
  });

  it('is taken at the parameters that are given', () => {
    tf.tidy(() => {
      const trial = trialOf(rates);
      const [graph, bound] = [numericBound(trial, elbo()), boundOf(trial, elbo())];
      const params = { ...trial.params, concentration: tf.scalar(2) };
      const noise = keyedNoise(key(5));
      expect(graph.value(noise, params)).toBeCloseTo(bound.value(noise, params), 4);
      expect(graph.value(noise, params)).not.toBeCloseTo(graph.value(noise), 2);
    });
  });
});
