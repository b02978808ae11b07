/** What adds up or sums log densities, of programs that have something else. */
import * as tf from '@tensorflow/tfjs';
import {
  bernoulli,
  evaluation,
  factor,
  key,
  logDensity,
  noise,
  normal,
  observe,
  program,
  sample,
  sgd,
  simulate,
  svi,
  trace,
} from 'marginalia';
import { enumerate } from 'marginalia/handlers';
import { batchNorm } from 'marginalia/nn';
import { minimize } from 'marginalia/objectives';
import { describe, expect, it } from 'vitest';

const loss = minimize(() =>
  program(function* () {
    const z = yield* sample('z', bernoulli({ probs: 0.25 }));
    yield* factor('f', 0.5);
    return tf.square(tf.add(tf.cast(z, 'float32'), 1));
  }),
).model();

describe('a loss', () => {
  it('is refused where log densities are added up', () => {
    expect(() => logDensity(loss, { values: { z: 1 } })).toThrow(
      /'loss'.*for logDensity adds them up.*a loss/s,
    );
    expect(() => enumerate(loss)).toThrow(/'loss'.*for enumerate adds them up/s);
  });

  it('can be looked at by trace, whose log joint is that of the densities', () => {
    const { sites, logJoint } = trace(loss, { values: { z: 1 } });
    expect(sites['loss']?.kind).toBe('loss');
    expect(sites['loss']?.value.dataSync()[0]).toBe(4);
    expect(logJoint.dataSync()[0]).toBeCloseTo(Math.log(0.25) + 0.5, 6);
  });
});

describe('noise', () => {
  const noisy = program(function* () {
    const k = yield* sample('k', bernoulli({ probs: 0.25 }));
    const n = yield* noise('n', normal(0, 1), { evaluation: 0 });
    yield* observe('x', normal(tf.add(tf.cast(k, 'float32'), n), 1), 0);
  });

  it('is refused by exact enumeration, but where something stands for it', () => {
    expect(() => enumerate(noisy, { key: key(0) })).toThrow(/'n'.*a draw that is no latent/s);
    const found = enumerate(evaluation(noisy)).logEvidence.dataSync()[0] ?? NaN;
    const each = [0.75, 0.25 * Math.exp(-0.5)].reduce((a, b) => a + b);
    expect(found).toBeCloseTo(Math.log(each) - 0.5 * Math.log(2 * Math.PI), 5);
  });
});

describe('batchNorm', () => {
  it('of momentum 0 remembers the last batch alone', () => {
    const x = tf.tensor2d([[1], [3]]);
    const norm = batchNorm('norm', { momentum: 0 });
    const made = svi({
      ...minimize(() =>
        program(function* () {
          return tf.mean(tf.square(yield* norm(x)));
        }),
      ),
      optimizer: sgd(0),
    });
    const [state] = made.step(made.init(key(0)));
    expect(state.params['norm/mean']?.dataSync()[0]).toBe(2);
    expect(() => batchNorm('norm', { momentum: 1 })).toThrow(RangeError);
    const known = { params: state.params };
    expect(simulate(evaluation(norm(tf.tensor2d([[2]]))), known).dataSync()[0]).toBeCloseTo(0, 6);
  });
});
