/** Faults in how a gradient is estimated, each with the check that must find it. */
import * as tf from '@tensorflow/tfjs';
import { elbo, iwae, normal, observe, program, sample } from 'marginalia';
import { oneHotCategorical } from 'marginalia/distributions';
import { gumbelSoftmax, measureValued, scoreFunction } from 'marginalia/estimators';
import { lint } from 'marginalia/lint';
import { eubo, reweightedWakeSleep, wakePhi } from 'marginalia/objectives';
import type { Fault } from './faults.js';
import { pair, free, coin, coinGuide } from './programs.js';

export const estimatorFaults: readonly Fault[] = [
  {
    name: 'a coin that is thrown',
    rule: 'sampledEnumerable',
    site: "site 'z'",
    findings: () => lint(coin, coinGuide, elbo({ discrete: 'score', particles: 2 })),
    says: 'its 2 values could be summed',
  },
  {
    name: 'a coin by its measures',
    rule: 'sampledEnumerable',
    site: "site 'z'",
    findings: () => lint(coin, coinGuide, elbo({ estimators: { z: measureValued() } })),
    says: 'gets a measure-valued gradient, and its 2 values could be summed',
  },
  {
    name: 'a coin that is relaxed by a schedule',
    rule: 'sampledEnumerable',
    site: "site 'z'",
    findings: () => {
      const z = gumbelSoftmax({ temperature: (step) => tf.exp(tf.mul(step, -0.1)) });
      return lint(coin, coinGuide, elbo({ estimators: { z } }));
    },
    says: 'gets a biased gradient',
  },
  {
    name: 'a coin that remembers',
    rule: 'sampledEnumerable',
    site: "site 'z'",
    findings: () => {
      const z = scoreFunction({ baseline: 'runningAverage' });
      return lint(coin, coinGuide, elbo({ estimators: { z } }));
    },
    says: 'gets a score function gradient',
  },
  {
    name: 'a class that is none',
    rule: 'outsideSupport',
    site: "site 'x'",
    findings: () =>
      lint(
        program(function* () {
          const z = yield* sample('z', normal(0, 1));
          const logits = tf.stack([z, tf.scalar(0), tf.scalar(1)]);
          yield* observe('x', oneHotCategorical({ logits }), [0, 2, 0]);
        }),
        free(),
        elbo(),
      ),
    says: '2 of its 3 numbers are none that OneHotCategorical gives, the first 2',
  },
  {
    name: 'one throw of a coin',
    rule: 'noBaseline',
    site: "site 'z'",
    findings: () => lint(coin, coinGuide, iwae({ particles: 1 })),
    says: 'a score function without a baseline',
  },
  {
    name: 'a divergence that is sampled',
    rule: 'closedFormUnused',
    site: "site 'z'",
    findings: () => lint(pair(), free(), elbo({ closedFormKl: 'never' })),
    says: 'its KL(Normal ‖ Normal) is sampled',
  },
  ...[eubo, wakePhi, reweightedWakeSleep].map((of): Fault => ({
    name: `${of.name} of one particle`,
    rule: 'oneParticle',
    site: of.name,
    findings: () => lint(pair(), free(), of({ particles: 1 })),
    says: 'the gradient of the guide is 0 in expectation',
  })),
];
