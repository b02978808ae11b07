/** Guides made for a model read like what they are. */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { bernoulli, gamma, key, normal, plate, program, sample, trace } from 'marginalia';
import { guidesFor } from 'marginalia/testing';
import { expect, it } from 'vitest';

it('have labels with the numbers that their parameters start at', () => {
  const model = program(function* () {
    yield* sample('z', normal(0, 1));
    yield* sample('rate', gamma(2, 1));
    yield* plate('data', 3, sample('b', bernoulli({ probs: 0.5 })));
  });
  for (const { label, guide } of fc.sample(guidesFor(model), { numRuns: 5, seed: 1 })) {
    tf.tidy(() => {
      const { sites } = trace(guide, { key: key(1) });
      const at = (name: string): number => sites[name]?.value.dataSync()[0] ?? Number.NaN;
      expect(label).toBe(
        `z ~ Normal(${at('z loc')}, ${at('z scale')}); ` +
          `rate ~ LogNormal(${at('rate loc')}, ${0.5 * at('rate scale')}); ` +
          `data in 3: b ~ Bernoulli(logits ${at('b logits')})`,
      );
    });
  }
});
