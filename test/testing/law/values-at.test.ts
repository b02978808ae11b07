/** Values at one draw are those of each objective alone. No statistics. */
import * as tf from '@tensorflow/tfjs';
import { elbo, iwae, key } from 'marginalia';
import { renyi } from 'marginalia/objectives';
import { expect, it } from 'vitest';
import { keyedNoise } from '../../../src/random/noise-source.js';
import { boundOf, trialOf } from '../../../src/testing/law/inference.js';
import { valuesAt } from '../../../src/testing/law/values-at.js';
import { mixed } from '../bounds/gradient/gradient-subjects.js';

it('objectives have the same value at one draw as each alone', () => {
  tf.tidy(() => {
    const trial = trialOf(mixed);
    const objectives = [
      iwae({ particles: 3 }),
      renyi({ alpha: 0.5, particles: 3 }),
      iwae({ particles: 5 }),
      // It sums over the bit, which the others draw.
      elbo({ particles: 3, closedFormKl: 'never' }),
    ];
    const noise = keyedNoise(key(3));
    const alone = objectives.map((objective) => boundOf(trial, objective).value(noise));
    expect(valuesAt(trial, objectives)(noise)).toEqual(alone);
    expect(new Set(alone).size).toBe(objectives.length);
  });
});
