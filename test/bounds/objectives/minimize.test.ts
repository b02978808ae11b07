/** Losses as objectives. Seeds are fixed. */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type Tensor,
  adam,
  categorical,
  cosineDecay,
  evidence,
  fit,
  freeState,
  independent,
  key,
  normal,
  observe,
  param,
  paramValues,
  plate,
  positive,
  program,
  rowsOf,
  sample,
  sgd,
  showDerivation,
  stopGradient,
  svi,
  useBackend,
} from 'marginalia';
import { scoreFunction } from 'marginalia/estimators';
import { evaluator, phases } from 'marginalia/inference';
import { lint } from 'marginalia/lint';
import { dense } from 'marginalia/nn';
import { derivationToLatex, minimize, penalized } from 'marginalia/objectives';
import { randomNormal } from 'marginalia/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { right } from '../../either.js';
import { sameInEveryEngine } from '../../inference/compiled/engines.js';
import { numbers, slopesOf } from './slopes.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

const optimizer = sgd(0.1);
/** Points about a line in the plane, of mean 0. */
const points = Array.from(randomNormal(key(1), 60)).map((z, i) => {
  const along = ((i % 15) - 7) / 4;
  return [0.8 * along - 0.06 * z, 0.6 * along + 0.08 * z];
});
const centre = [0, 1].map((j) => points.reduce((sum, p) => sum + (p[j] ?? 0), 0) / points.length);
const rows = points.map((p) => p.map((v, j) => v - (centre[j] ?? 0)));

describe('an autoencoder', () => {
  const encoder = dense('encoder', { units: 1, bias: false });
  const decoder = dense('decoder', { units: 2, bias: false });
  const loss = (x: Tensor) =>
    program(function* () {
      const seen = yield* decoder(yield* encoder(x));
      return tf.mean(tf.sum(tf.squaredDifference(seen, x), -1));
    });

  it('that is linear leaves what the first principal component leaves', async () => {
    const made = svi({ ...minimize(loss), optimizer: adam(cosineDecay(0.03, 2000)) });
    const data = rowsOf(Float32Array.from(rows.flat()), [2]);
    const { state } = right(
      await fit({
        svi: made,
        data,
        batchSize: rows.length,
        length: { steps: 2000 },
        key: key(2),
        engine: 'compiled',
        reportEvery: 2000,
      })(),
    );
    // The smaller eigenvalue of the second moments, in double precision.
    const moment = (i: number, j: number): number =>
      rows.reduce((sum, r) => sum + (r[i] ?? 0) * (r[j] ?? 0), 0) / rows.length;
    const [a, b, c] = [moment(0, 0), moment(0, 1), moment(1, 1)];
    const left = (a + c) / 2 - Math.hypot((a - c) / 2, b);
    const x = tf.tensor2d(rows);
    const [found = NaN] = numbers(made.evaluate(state, x).loss);
    expect(Math.abs(found / left - 1)).toBeLessThan(1e-4);
    const evaluation = evaluator(made);
    // What is minimised is told as it is.
    expect((await evaluation.bound(state, x)).bound).toBeCloseTo(found, 5);
    await expect(evaluation.evidence(state, x, { key: key(0), samples: 2 })).rejects.toThrow(
      /'loss'.*a loss, which is minimised.*elbo/s,
    );
    await expect(
      evidence(made.model(x), made.guide(x), { key: key(0), samples: 2, params: state.params }),
    ).rejects.toThrow(/'loss'.*a loss, which is minimised/s);
    await evaluation.close();
    freeState(state);
  });

  it('that corrupts what it sees is averaged over the corruption, the same in every engine', async () => {
    const corrupted = (x: Tensor) =>
      program(function* () {
        const noisy = yield* sample('noisy', independent(normal(x, 0.3), 2));
        const seen = yield* decoder(yield* encoder(noisy));
        const code = yield* param('code', 0.2, { support: positive });
        return {
          reconstruction: tf.mean(tf.squaredDifference(seen, x), [-1, -2]),
          scale: tf.mul(code, 0.1),
        };
      });
    const made = svi({ ...minimize(corrupted, { particles: 3 }), optimizer });
    const x = tf.tensor2d(rows.slice(0, 4));
    const state = made.init(key(3), x);
    const found = made.evaluate(state, x);
    expect(Object.keys(found.terms)).toEqual(['reconstruction', 'scale']);
    const [whole = NaN, ...parts] = [found.loss, ...Object.values(found.terms)].flatMap(numbers);
    expect(parts.reduce((sum, part) => sum + part)).toBeCloseTo(whole, 6);
    expect(parts[1]).toBeCloseTo(0.02, 6);
    expect(showDerivation(state.derivation).split('\n').slice(0, 5)).toEqual([
      'loss =',
      '  + E[reconstruction]',
      '  + scale',
      'estimated with 3 particles:',
      '  noisy ~ Independent(Normal) for Independent(Normal)',
    ]);
    expect(derivationToLatex(state.derivation)).not.toContain('log');
    freeState(state);
    await sameInEveryEngine(made, x);
  });
});

describe('a loss', () => {
  const slope = () => param('slope', 2);

  it('has its penalties, observations and factors with their signs turned', () => {
    const whole = minimize(() =>
      program(function* () {
        const at = yield* slope();
        yield* observe('y', normal(at, 1), 1);
        return { ridge: tf.mul(3, tf.square(at)) };
      }),
    );
    const objective = penalized(whole.objective, { extra: () => tf.scalar(1) });
    const made = svi({ ...whole, objective, optimizer });
    tf.tidy(() => {
      const state = made.init(key(0), undefined);
      expect(showDerivation(state.derivation).split('\n').slice(0, 4)).toEqual([
        'penalised loss =',
        '  - log p(y)',
        '  + ridge',
        '  + extra',
      ]);
      const { loss, terms } = made.evaluate(state, undefined);
      const misfit = 0.5 * Math.log(2 * Math.PI) + 0.5 * (2 - 1) ** 2;
      expect(numbers(loss)[0]).toBeCloseTo(misfit + 12 + 1, 5);
      expect(numbers(terms['-logLikelihood y'])[0]).toBeCloseTo(misfit, 5);
      expect(numbers(terms['ridge'])[0]).toBeCloseTo(12, 5);
      expect(numbers(terms['penalty extra'])[0]).toBeCloseTo(1, 5);
      // ∂: (2 − 1) + 6 · 2.
      expect(numbers(made.gradients(state, undefined)['slope'])[0]).toBeCloseTo(13, 4);
    });
  });

  it('is refused where it is none', () => {
    const begin = (body: () => Program<unknown, Tensor>, particles = 1) =>
      svi({ ...minimize(body, { particles }), optimizer }).init(key(0), undefined);
    const rowwise = () =>
      program(function* () {
        return tf.mul(tf.ones([3]), yield* slope());
      });
    expect(() => begin(rowwise)).toThrow(/'loss'.*shape \[\].*\[3\]/s);
    const text: unknown = 'none';
    const nothing = () =>
      program(function* () {
        yield* slope();
        return text as Tensor;
      });
    expect(() => begin(nothing)).toThrow(/a scalar tensor.*'none'.*return tf.mean/s);
    expect(() => minimize(rowwise, { particles: 3, antithetic: true })).toThrow(RangeError);
    expect(() =>
      minimize(rowwise, { gradient: 'score', estimators: { z: scoreFunction() } }),
    ).toThrow(RangeError);
  });

  it('of every value of a finite site is summed', () => {
    const made = svi({
      ...minimize(() =>
        program(function* () {
          const logits = yield* param('logits', [0.3, -0.2, 0.9]);
          const z = yield* sample('z', categorical({ logits }));
          return tf.square(tf.cast(z, 'float32'));
        }),
      ),
      optimizer,
    });
    const weights = [0.3, -0.2, 0.9].map(Math.exp);
    const total = weights.reduce((a, b) => a + b);
    const exact = weights.reduce((sum, w, z) => sum + (w / total) * z * z, 0);
    tf.tidy(() => {
      const state = made.init(key(0), undefined);
      expect(numbers(made.evaluate(state, undefined).loss)[0]).toBeCloseTo(exact, 5);
      const found = numbers(made.gradients(state, undefined)['logits']);
      found.forEach((g, z) =>
        expect(g).toBeCloseTo(((weights[z] ?? 0) / total) * (z * z - exact), 5),
      );
    });
  });

  it('counts each row of a subsampled plate for what it stands for', () => {
    const made = svi({
      ...minimize(() =>
        program(function* () {
          const at = yield* slope();
          yield* plate(
            'rows',
            { size: 10, subsample: 5 },
            observe('x', normal(at, 1), tf.zeros([5])),
          );
          return tf.scalar(0);
        }),
      ),
      optimizer,
    });
    expect(slopesOf(made)['slope']).toBeCloseTo(20, 4);
  });

  it('is sound to lint', async () => {
    const { model, guide, objective } = minimize((x: Tensor) =>
      program(function* () {
        return tf.mean(tf.squaredDifference(tf.mul(x, yield* slope()), 1));
      }),
    );
    const found = lint(model, guide, objective, { batch: tf.tensor1d([1, 2, 4]) });
    expect(found.filter((f) => f.severity !== 'advice')).toEqual([]);
  });
});

describe('a game of two players', () => {
  // The code of a datum of spread 3 must look like a draw of N(0, 1) to a critic of x and x².
  const critic = (x: Tensor) =>
    program(function* () {
      const features = tf.stack([x, tf.square(x)], -1);
      const weight = yield* param('critic/weight', [0, 0]);
      return tf.add(tf.sum(tf.mul(features, weight), -1), yield* param('critic/bias', 0));
    });
  const code = (x: Tensor) =>
    program(function* () {
      const scale = yield* param('encoder/scale', 1, { support: positive });
      return tf.add(tf.mul(x, scale), yield* param('encoder/shift', 0));
    });
  const prior = tf.tidy(() => {
    // The quantiles of a standard normal stand for its draws.
    const z = [-1.834, -1.282, -0.915, -0.605, -0.319, 0, 0.319, 0.605, 0.915, 1.282, 1.834];
    return Float32Array.from(z);
  });

  it('is each player with a loss of its own: codes come to lie as the prior does', async () => {
    const tellsApart = (x: Tensor) =>
      program(function* () {
        const real = yield* critic(tf.tensor1d(prior));
        const fake = yield* critic(stopGradient(yield* code(x)));
        return tf.add(tf.mean(tf.softplus(tf.neg(real))), tf.mean(tf.softplus(fake)));
      });
    const fools = (x: Tensor) =>
      program(function* () {
        return tf.mean(tf.softplus(tf.neg(yield* critic(yield* code(x)))));
      });
    const game = phases({
      critic: {
        svi: svi({ ...minimize(tellsApart), optimizer: adam(0.05), trains: ['critic'] }),
        times: 5,
      },
      encoder: svi({
        ...minimize(fools),
        optimizer: sgd(cosineDecay(0.05, 800)),
        trains: ['encoder'],
      }),
    });
    const values = prior.map((z) => 3 * z + 2);
    const { state } = right(
      await fit({
        svi: game,
        data: rowsOf(values, []),
        batchSize: values.length,
        shuffle: false,
        length: { steps: 800 },
        key: key(4),
        engine: 'compiled',
        reportEvery: 800,
      })(),
    );
    const found = paramValues(state);
    expect(Math.abs((numbers(found['encoder/scale'])[0] ?? NaN) * 3 - 1)).toBeLessThan(0.05);
    expect(
      Math.abs(
        (numbers(found['encoder/scale'])[0] ?? NaN) * 2 +
          (numbers(found['encoder/shift'])[0] ?? NaN),
      ),
    ).toBeLessThan(0.05);
    expect(
      showDerivation(state.derivation)
        .split('\n')
        .filter((l) => !l.startsWith(' ')),
    ).toEqual([
      'phase critic, 5 times a step:',
      'loss =',
      'estimated with 1 particle:',
      'parameters: critic/weight, critic/bias',
      '',
      'phase encoder:',
      'loss =',
      'estimated with 1 particle:',
      'parameters: encoder/scale, encoder/shift',
    ]);
    tf.dispose({ ...found });
    freeState(state);
  });
});
