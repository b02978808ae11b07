/** Coordinates do not matter, whatever the supports of model and guide are. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Tensor,
  beta,
  delta,
  gamma,
  halfNormal,
  independent,
  logNormal,
  normal,
  observe,
  param,
  program,
  sample,
  uniform,
} from 'marginalia';
import { LawNotApplicable, checkReparameterisation } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

const inference = (prior: Distribution, guide: (at: Tensor) => Distribution) => ({
  model: program(function* () {
    const z = yield* sample('z', prior);
    yield* observe('x', normal(z, 1), 0.4);
  }),
  guide: program(function* () {
    yield* sample('z', guide(yield* param('at', 0.3)));
  }),
});

describe('a guide of another support than its model', () => {
  it.each([
    ['an interval in the reals', normal(0, 1), () => uniform(0, 1)],
    ['a computed interval', normal(0, 1), (at: Tensor) => uniform(tf.sub(at, 1), tf.add(at, 1))],
    ['a half line in the reals', normal(0, 1), (at: Tensor) => logNormal(at, 1)],
    ['a gamma for a normal law', normal(0, 1), () => gamma(2, 1)],
    ['an interval in a half line', halfNormal(1), () => uniform(0, 2)],
    ['an interval in an interval', uniform(0, 1), () => beta(2, 3)],
    ['the same', normal(0, 1), (at: Tensor) => normal(at, 1)],
  ])('is none that coordinates break: %s', (_, prior, guide) => {
    for (const seed of [1, 2, 3]) checkReparameterisation({ ...inference(prior, guide), seed });
  });

  it('is left as it is where one side is a point mass, which has no density', () => {
    const point = inference(normal(0, 1), (at) => delta(at));
    expect(() => checkReparameterisation(point)).toThrow(LawNotApplicable);
    const points = {
      model: sample('z', independent(normal([0, 0], 1))),
      guide: sample('z', independent(delta([0.5, 1]))),
    };
    expect(() => checkReparameterisation(points)).toThrow(LawNotApplicable);
  });
});
