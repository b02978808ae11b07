/** Bounds that are right: those of the library, and some that users write. */
import { elbo, iwae } from 'marginalia';
import {
  betaElbo,
  cubo,
  eubo,
  fromDraws,
  logPowerMean,
  logWeights,
  penalized,
  renyi,
  reweightedWakeSleep,
  sumOverData,
  tailAdaptive,
  varGrad,
  vimco,
  wakePhi,
  wakeTheta,
} from 'marginalia/objectives';
import * as tf from '@tensorflow/tfjs';
import { type OwnObjective, jvi, miwae, ofWeights, riemann, tvo } from './own-bounds.js';

const several = [2, 4, 8, 32];

const own: readonly OwnObjective[] = [
  { name: 'MIWAE', make: miwae, particles: several },
  { name: 'JVI', make: jvi, particles: several },
  { name: 'TVO, the left ends', make: tvo },
  {
    name: 'TVO, the right ends called no bound',
    make: ofWeights('TVO', { bound: 'none', tight: true }, riemann(1)),
  },
  {
    name: 'IWAE with one weight for all data',
    make: (particles) => ({
      ...iwae({ particles }),
      preferences: {
        ...fromDraws,
        everySite: { estimator: { name: 'none', label: 'none' }, why: 'its gradient is its own' },
      },
      meaning: { ...iwae({ particles }).meaning, gradient: 'other' },
      estimate: (joint) => {
        const weights = logWeights(joint);
        const all = tf.sum(tf.reshape(weights, [particles, -1]), 1);
        const value = sumOverData(joint, logPowerMean(all, 1));
        return { value, surrogate: value, terms: {} };
      },
    }),
  },
];

const ofLibrary: readonly OwnObjective[] = [
  { name: 'elbo', make: (particles) => elbo({ particles }) },
  { name: 'elbo, scores', make: (particles) => elbo({ particles, discrete: 'score' }) },
  {
    name: 'elbo, sticking the landing',
    make: (particles) => elbo({ particles, gradient: 'stickingTheLanding' }),
  },
  { name: 'elbo, draws', make: (particles) => elbo({ particles, closedFormKl: 'never' }) },
  { name: 'iwae', make: (particles) => iwae({ particles }) },
  {
    name: 'iwae, doubly reparameterised',
    make: (particles) => iwae({ particles, gradient: 'doublyReparameterised' }),
  },
  { name: 'renyi 0.5', make: (particles) => renyi({ alpha: 0.5, particles }) },
  { name: 'renyi 2', make: (particles) => renyi({ alpha: 2, particles }) },
  { name: 'renyi -1', make: (particles) => renyi({ alpha: -1, particles }) },
  { name: 'eubo', make: (particles) => eubo({ particles }) },
  { name: 'cubo', make: (particles) => cubo({ particles }) },
  { name: 'vimco', make: (particles) => vimco({ particles }) },
  { name: 'varGrad', make: (particles) => varGrad({ particles }) },
  { name: 'tailAdaptive', make: (particles) => tailAdaptive({ particles }) },
  { name: 'wakeTheta', make: (particles) => wakeTheta({ particles }) },
  { name: 'wakePhi', make: (particles) => wakePhi({ particles }) },
  { name: 'reweightedWakeSleep', make: (particles) => reweightedWakeSleep({ particles }) },
  { name: 'betaElbo 2', make: (particles) => betaElbo({ beta: 2, particles }) },
  { name: 'betaElbo 0.5', make: (particles) => betaElbo({ beta: 0.5, particles }) },
  {
    name: 'penalised iwae',
    make: (particles) => penalized(iwae({ particles }), { constant: () => tf.scalar(0.5) }),
  },
];

export const rightBounds: readonly OwnObjective[] = [...own, ...ofLibrary];
