/** Running averages over several draws. */
import * as tf from '@tensorflow/tfjs';
import {
  elbo,
  independent,
  key,
  normal,
  observe,
  paramValues,
  plate,
  program,
  sample,
  sgd,
  svi,
} from 'marginalia';
import { baseNoise } from 'marginalia/distributions';
import { batchNorm } from 'marginalia/nn';
import { keyedNoise } from 'marginalia/random';
import { expect, it } from 'vitest';

const norm = batchNorm('norm', { momentum: 0.75, epsilon: 1e-3 });

it('running averages count every particle the same', () => {
  const ofDraws = svi({
    model: () =>
      program(function* () {
        const z = yield* plate('rows', 4, sample('z', normal(0, 1)));
        const y = yield* norm(tf.expandDims(z, -1));
        yield* plate('rows', 4, observe('y', independent(normal(y, 1)), tf.zeros([4, 1])));
      }),
    guide: () => plate('rows', 4, sample('z', normal(0, 1))),
    objective: elbo({ particles: 3 }),
    optimizer: sgd(0.1),
  });
  const state = ofDraws.init(key(0));
  const source = keyedNoise(ofDraws.drawKey(state));
  const z = [...source('z', 0, baseNoise('normal', []), [3, 4]).dataSync()];
  const [next] = ofDraws.step(state, undefined);
  expect(paramValues(next)['norm/mean']?.dataSync()[0]).toBeCloseTo(
    (0.25 * z.reduce((a, b) => a + b)) / z.length,
    6,
  );
});
