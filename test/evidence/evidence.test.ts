/** Evidence by importance sampling, and prediction: what both ask of a guide. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  type Distribution,
  type Program,
  type Tensor,
  condition,
  deterministic,
  elbo,
  evidence,
  exponential,
  factor,
  freeState,
  independent,
  key,
  normal,
  observe,
  param,
  paramValues,
  plate,
  positive,
  predictive,
  program,
  sample,
  sgd,
  svi,
} from 'marginalia';
import { of } from 'marginalia/monad';
import { logNormal } from '../double.js';

/** z ~ N(0, 1), and what else. */
const around = (more: Program<unknown, unknown>) =>
  program(function* () {
    yield* sample('z', normal(0, 1));
    yield* more;
  });

const two = (name: string, law: Distribution) => around(sample(name, law));

describe('evidence', () => {
  const model = (x: Tensor) =>
    plate(
      'data',
      x.size,
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        yield* observe('x', normal(z, 1), x);
      }),
    );
  const exact = (x: number): number => logNormal(x, 0, Math.SQRT2);
  const data = [-1, 0.5, 3];
  const x = tf.tensor1d(data);

  it('is exact for each datum at the posterior, for any number of samples and chunk', async () => {
    const guide = plate('data', 3, sample('z', normal(tf.div(x, 2), Math.SQRT1_2)));
    for (const [samples, chunk] of [
      [1, 1],
      [7, 3],
      [8, 16],
    ] as const) {
      const found = await evidence(model(x), guide, { key: key(0), samples, chunk });
      expect(found.logEvidence).toHaveLength(3);
      data.forEach((v, i) => expect(found.logEvidence[i]).toBeCloseTo(exact(v), 4));
      found.effectiveSampleSize.forEach((n) => expect(n).toBeCloseTo(samples, 2));
      expect(found.total).toBeCloseTo(
        data.reduce((s, v) => s + exact(v), 0),
        3,
      );
    }
  });

  it('is within five standard errors with another proposal', async () => {
    // A false alarm has probability below 2e-6 for each of three data by the normal tail.
    const guide = plate('data', 3, sample('z', normal(tf.div(x, 2), 1)));
    const found = await evidence(model(x), guide, { key: key(1), samples: 4000, chunk: 500 });
    data.forEach((v, i) => {
      const error = found.standardError[i] ?? 0;
      expect(error).toBeGreaterThan(0);
      expect(Math.abs((found.logEvidence[i] ?? 0) - exact(v))).toBeLessThan(5 * error);
    });
  });

  it('holds no more than a chunk in memory', async () => {
    const guide = plate('data', 3, sample('z', normal(tf.div(x, 2), 1)));
    const before = tf.memory().numBytes;
    await evidence(model(x), guide, { key: key(1), samples: 1000, chunk: 10 });
    expect(tf.memory().numBytes).toBe(before);
  });

  it.each([
    ['without a site', of({}), /'z'.*missing from the guide/],
    ['with a site more', two('y', normal(0, 10)), /'y'.*no latent site/],
    ['that does not cover the model', sample('z', exponential(1)), /'z'.*does not cover/],
    ['with a factor', around(factor('f', 10)), /'f' is a factor in the guide/],
    ['with an observation', around(observe('o', normal(0, 1), 3)), /'o' is observed in the guide/],
    ['in a plate', plate('p', 2, sample('z', normal(0, 1))), /'z'.*plate 'p'/],
  ])('refuses a guide %s', async (_, guide, message) => {
    const target = condition(two('x', normal(0, 1)), { x: 1 });
    const options = { key: key(0), samples: 4 };
    await expect(evidence(target, guide, options)).rejects.toThrow(message);
    await expect(evidence.bracket(target, guide, options)).rejects.toThrow(message);
  });

  it('refuses part of a plate beside shared sites', async () => {
    const part = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* plate(
        'data',
        { size: 10, indices: tf.tensor1d([0, 1], 'int32') },
        observe('x', normal(z, 1), [0, 1]),
      );
    });
    await expect(
      evidence(part, sample('z', normal(0, 1)), { key: key(0), samples: 2 }),
    ).rejects.toThrow(/site 'x'.*whole plate/);
  });
});

describe('predictive', () => {
  const model = program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* deterministic('twice', tf.mul(z, 2));
    return yield* plate(
      'data',
      2,
      sample('x', independent(normal(tf.add(tf.expandDims(z, -1), tf.zeros([3])), 1))),
    );
  });

  it.each([1, 4])('draws %i samples of every site from the prior', (samples) => {
    const draws = predictive(model, { key: key(0), samples });
    expect(draws['x']?.shape).toEqual([samples, 2, 3]);
    const [z, twice] = [draws['z']?.dataSync() ?? [], draws['twice']?.dataSync() ?? []];
    Array.from(z, (v, i) => expect(twice[i]).toBeCloseTo(2 * v, 5));
  });

  it('has the same shapes for one draw as for many, and tensors of its own', () => {
    const mine = tf.tensor1d([1, 2]);
    const mixed = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* deterministic('mine', mine);
      yield* deterministic('both', tf.mul(tf.expandDims(z, -1), mine));
      yield* plate('data', 3, sample('x', normal(z, 1)));
    });
    const shapes = (samples: number): readonly unknown[] => {
      const draws = predictive(mixed, { key: key(0), samples });
      const found = Object.entries(draws).map(([name, x]) => [name, x.shape.slice(1)]);
      Object.values(draws).forEach((x) => expect(x.shape[0]).toBe(samples));
      tf.dispose({ ...draws });
      return found;
    };
    const [one, many] = [shapes(1), shapes(5)];
    expect(one).toContainEqual(['z', []]);
    expect(one).toContainEqual(['x', [3]]);
    expect(many).toContainEqual(['z', []]);
    expect(many).toContainEqual(['x', [3]]);
    expect(many).toContainEqual(['mine', [2]]);
    expect(mine.isDisposed).toBe(false);
  });

  it('knows a value that is the same for all draws, though its axis be as long', () => {
    const constant = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* deterministic('mine', [1, 2, 3]);
      yield* deterministic('own', tf.add(tf.expandDims(z, -1), [0, 0, 0]));
    });
    const draws = predictive(constant, { key: key(0), samples: 3 });
    expect(draws['mine']?.arraySync()).toEqual(Array.from({ length: 3 }, () => [1, 2, 3]));
    const z = draws['z']?.arraySync();
    if (!Array.isArray(z)) throw new Error('expected three draws');
    expect(draws['own']?.arraySync()).toEqual(z.map((v) => [v, v, v]));
  });

  it.each([
    ['a site of another name', sample('zz', normal(0, 1)), /'zz'.*no latent site of the model/],
    ['another support', sample('x', normal(0, 1)), /'x': the guide's support, real/],
    ['plates that are not there', plate('other', 4, sample('z', normal(0, 1))), /'z'.*'other' \(4/],
  ])('refuses a guide with %s', (_, guide, message) => {
    const positiveModel = program(function* () {
      yield* sample('z', normal(0, 1));
      yield* sample('x', exponential(1));
    });
    expect(() => predictive(positiveModel, { key: key(0), samples: 2, guide })).toThrow(message);
  });

  it('takes all parameters or none', () => {
    const model2 = program(function* () {
      yield* sample('z', normal(yield* param('m', 0), yield* param('s', 1)));
    });
    const given = { mm: tf.scalar(1), s: tf.scalar(1) };
    expect(() => predictive(model2, { key: key(0), samples: 2, params: given })).toThrow(
      /param 'm'.*values of 'mm', 's' only/s,
    );
    tf.dispose(given);
  });

  it('takes no parameters that lie in their supports for unconstrained ones', () => {
    const scaled = program(function* () {
      yield* sample('z', normal(0, yield* param('s', 0.5, { support: positive })));
    });
    const inference = svi({
      model: () => scaled,
      guide: () => sample('z', normal(0, 1)),
      objective: elbo(),
      optimizer: sgd(0.1),
    });
    const state = inference.init(key(0), undefined);
    const values = paramValues(state);
    expect(values['s']?.dataSync()[0]).toBeCloseTo(0.5, 5);
    const options = { key: key(0), samples: 2 };
    // @ts-expect-error: these lie in their supports.
    const wrong = () => predictive(scaled, { ...options, params: values });
    expect(wrong).toThrow(/param 's'.*unconstrained.*state\.params/s);
    const drawn = predictive(scaled, { ...options, params: state.params });
    expect(drawn['z']?.shape).toEqual([2]);
    tf.dispose([{ ...drawn }, { ...values }]);
    freeState(state);
  });

  it('takes the sites that the guide has from it', () => {
    const draws = predictive(model, {
      key: key(0),
      samples: 50,
      guide: sample('z', normal(100, 0.1)),
    });
    draws['x']?.dataSync().forEach((v) => expect(Math.abs(v - 100)).toBeLessThan(10));
  });
});
