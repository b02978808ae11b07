/** Laws of bounds with what keeps them and what breaks them. */
import * as tf from '@tensorflow/tfjs';
import { elbo, iwae } from 'marginalia';
import { betaElbo, logPowerMean, logWeights, renyi, sumOverData } from 'marginalia/objectives';
import {
  checkBoundScale,
  checkOrderInAlpha,
  checkOrderInParticles,
  checkOrdered,
  checkShift,
  checkTight,
} from 'marginalia/testing';
import type { Case } from '../law-case.js';
import { far, known, local, posterior, reduced } from '../law-subjects.js';

export const ofBounds: readonly Case[] = [
  {
    law: 'the exact guide has a tight bound',
    by: 'a closed form that is doubled',
    kept: () => checkTight({ ...known, guide: posterior, objective: elbo() }),
    broken: () =>
      checkTight({
        ...known,
        guide: posterior,
        objective: {
          ...betaElbo({ beta: 2 }),
          meaning: elbo().meaning,
        },
      }),
  },
  {
    law: 'a constant is added to the bound',
    by: 'exponentials of log weights as they are',
    kept: () => checkShift({ ...known, objective: iwae({ particles: 4 }) }),
    broken: () =>
      checkShift({ ...known, objective: reduced(4, (w) => tf.log(tf.mean(tf.exp(w), 0))) }),
  },
  {
    law: 'a part of the data counts for all',
    by: 'a scale that the surrogate lacks',
    kept: () => checkBoundScale({ ...local, objective: iwae({ particles: 2 }) }),
    broken: () =>
      checkBoundScale({
        ...local,
        objective: {
          ...iwae({ particles: 2 }),
          estimate: (joint) => {
            const bound = logPowerMean(logWeights(joint), 1);
            return { value: sumOverData(joint, bound), surrogate: tf.sum(bound), terms: {} };
          },
        },
      }),
  },
  {
    law: 'bounds are in order',
    by: 'the order reversed',
    kept: () => checkOrdered({ ...far, objectives: [elbo(), iwae({ particles: 4 })] }),
    broken: () => checkOrdered({ ...far, objectives: [iwae({ particles: 4 }), elbo()] }),
  },
  {
    law: 'more particles, higher bound',
    by: 'the least of the weights',
    kept: () => checkOrderInParticles(known),
    broken: () =>
      checkOrderInParticles({ ...known, objective: (k) => reduced(k, (w) => tf.min(w, 0)) }),
  },
  {
    law: 'higher order, lower bound',
    by: 'an order with the wrong sign',
    kept: () => checkOrderInAlpha(known),
    broken: () =>
      checkOrderInAlpha({ ...known, objective: (a) => renyi({ alpha: -a, particles: 8 }) }),
  },
];
