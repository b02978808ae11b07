/** Estimators agree exactly where all draws can be summed over, and are not tested where draws miss a value. */
import { bernoulli, elbo, normal, observe, param, plate, program, sample } from 'marginalia';
import { betaElbo } from 'marginalia/objectives';
import { LawNotApplicable, checkEstimatorsAgree } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { finite, gaussian } from './gradient/gradient-subjects.js';

/** Bits of a plate, each of which the guide turns on with the chance of these log odds. */
const bits = (count: number, logits: number) => ({
  model: plate(
    'bits',
    count,
    program(function* () {
      const b = yield* sample('b', bernoulli({ probs: 0.5 }));
      yield* observe('x', normal(b, 1), 1);
    }),
  ),
  guide: plate(
    'bits',
    count,
    program(function* () {
      yield* sample('b', bernoulli({ logits: yield* param('logits', logits) }));
    }),
  ),
});

describe('estimators of one bound', () => {
  it('agree over all joint draws, however few the draws', () => {
    checkEstimatorsAgree({ ...finite, draws: 48 });
    const objectives = { all: elbo(), more: betaElbo({ beta: 1.001 }) };
    const told =
      /the bound by more to be that by all, in the mean, but got -\d\.\d+ and -\d\.\d+, exactly/;
    expect(() => checkEstimatorsAgree({ ...finite, objectives, draws: 48 })).toThrow(told);
    expect(() => checkEstimatorsAgree({ ...gaussian, objectives, draws: 48 })).toThrow('exactly');
  });

  it('are not tested by draws of a value that is rare', () => {
    const objectives = {
      score: elbo({ discrete: 'score' }),
      two: elbo({ discrete: 'score', particles: 2 }),
    };
    checkEstimatorsAgree({ ...bits(3, -6), objectives });
    checkEstimatorsAgree({ ...bits(20, 0), objectives, draws: 96 });
    const rare = { ...bits(20, -6), objectives, draws: 96 };
    expect(() => checkEstimatorsAgree(rare)).toThrow(LawNotApplicable);
    expect(() => checkEstimatorsAgree(rare)).toThrow('whose chance is 0.0025, too small');
  });
});
