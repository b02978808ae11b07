/** Guides that claim one value are not asked whether they cover. Seeds are fixed; no statistics. */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  delta,
  expand,
  independent,
  mask,
  normal,
  param,
  program,
  sample,
  uniform,
} from 'marginalia';
import { LawNotApplicable, checkCoverage } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

const posterior = sample('z', independent(normal([0, 1], 1), 1));
const one = sample('z', normal(0, 1));

describe('a guide of point masses', () => {
  it.each([
    ['independent', () => independent(delta(tf.tensor1d([0.5, 0.5])), 1)],
    ['expanded', () => independent(expand(delta(0.5), [2]), 1)],
    ['masked', () => mask(independent(delta(tf.tensor1d([0.5, 0.5])), 1), 1)],
  ])('is not asked to cover a posterior: %s', (_, law) => {
    const told = (): void =>
      checkCoverage({ model: posterior, guide: sample('z', law()), posterior });
    expect(told).toThrow(LawNotApplicable);
    expect(told).toThrow('expected a site of the guide that is no point mass, but got none.');
  });

  it('is not asked where it is a single one', () => {
    const law = { model: one, guide: sample('z', delta(0.5)), posterior: one };
    expect(() => checkCoverage(law)).toThrow(LawNotApplicable);
  });

  it('is asked of its other sites', () => {
    const two = program(function* () {
      yield* sample('a', normal(0, 1));
      yield* sample('b', normal(0, 1));
    });
    const guide = (b: Program<unknown, unknown>) =>
      program(function* () {
        yield* sample('a', delta(yield* param('mode', 0)));
        yield* b;
      });
    const law = { model: two, posterior: two };
    checkCoverage({ ...law, guide: guide(sample('b', normal(1, 1))) });
    const narrow = guide(sample('b', uniform(0, 1)));
    expect(() => checkCoverage({ ...law, guide: narrow })).toThrow("'b'");
  });
});
