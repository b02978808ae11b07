/** Draws with a finite weight, and likelihoods that are 0 at some. Seeds are fixed; no statistics. */
import * as tf from '@tensorflow/tfjs';
import { elbo, factor, gamma, iwae, normal, observe, program, sample, uniform } from 'marginalia';
import { cubo, varGrad } from 'marginalia/objectives';
import {
  LawNotApplicable,
  checkEstimatorsAgree,
  checkModel,
  checkSupports,
} from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

const model = program(function* () {
  const z = yield* sample('z', gamma(2, 1));
  yield* observe('x', uniform(0, z), 0.5);
});
const guide = sample('z', gamma(2, 1));
const several = { particles: 4 };

describe('a likelihood that is 0 at draws of the guide', () => {
  it('is none of the faults of an objective made of weights', async () => {
    checkSupports({ model, guide, objective: iwae(several) });
    checkSupports({ model, guide, objective: cubo(several) });
    const orders = ['checkOrderInParticles', 'checkOrderInAlpha'] as const;
    const laws = ['checkSupports', 'checkMask', ...orders] as const;
    const { passed } = await checkModel({ model, guide, objective: iwae(several), laws });
    expect(passed).toEqual(expect.arrayContaining(['checkSupports', ...orders]));
  });

  it.each([elbo(), iwae({ particles: 1 }), varGrad({ particles: 2 })])(
    'is one of the expectation of a logarithm, as $name, with its own cure',
    (objective) => {
      const told = (): void => checkSupports({ model, guide, objective });
      expect(told).toThrow(
        /a likelihood of 0 at \d+ of 256 weights.*draws only what the data allow/,
      );
      expect(told).not.toThrow("on the model's support");
    },
  );

  it('leaves estimators of the ELBO nothing to compare', () => {
    const law = { model, guide, draws: 48 };
    expect(() => checkEstimatorsAgree(law)).toThrow(LawNotApplicable);
    expect(() => checkEstimatorsAgree(law)).toThrow('a bound of -Infinity');
  });

  it('is a fault of all where no draw has another', () => {
    const never = program(function* () {
      yield* sample('z', gamma(2, 1));
      yield* factor('no', tf.scalar(-Infinity));
    });
    const told = (): void => checkSupports({ model: never, guide, objective: iwae(several) });
    expect(told).toThrow('a likelihood of 0 at 256 of 256 weights');
  });

  it('does not excuse a weight of infinity or NaN, nor a draw that the model excludes', () => {
    for (const wrong of [Infinity, NaN]) {
      const broken = program(function* () {
        const z = yield* sample('z', normal(0, 1));
        yield* factor('f', tf.where(tf.greater(z, 1), tf.scalar(wrong), tf.scalar(0)));
      });
      const law = { model: broken, guide: sample('z', normal(0, 1)), objective: iwae(several) };
      expect(() => checkSupports(law)).toThrow(`but got ${wrong}`);
    }
    const narrow = { ...normal(0, 1), logProb: (z: tf.Tensor) => tf.log(tf.step(z)) };
    const law = { model: sample('z', narrow), guide: sample('z', normal(0, 1)) };
    const told = (): void => checkSupports({ ...law, objective: iwae(several) });
    expect(told).toThrow("Use a guide family on the model's support");
  });
});
