/** Traces as data, exact enumeration, evidence, prediction and printed derivations. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Distribution,
  type Program,
  type Tensor,
  bernoulli,
  categorical,
  condition,
  deterministic,
  derive,
  elbo,
  enumerate,
  evidence,
  exponential,
  factor,
  independent,
  key,
  latex,
  normal,
  observe,
  of,
  param,
  plate,
  predictive,
  program,
  sample,
  showDerivation,
  trace,
  traceDiff,
  traceTable,
  traceToJson,
} from '../src/index.js';

const gaussian = program(function* () {
  const z = yield* sample('z', normal(0, 1));
  yield* deterministic('twice', tf.mul(z, 2));
  yield* plate('data', 3, observe('x', normal(z, 1), [1, 2, 3]));
});

/** z ~ N(0, 1), and what else. */
const both = (more: Program<unknown, unknown>) =>
  program(function* () {
    yield* sample('z', normal(0, 1));
    yield* more;
  });

const two = (name: string, law: Distribution) => both(sample(name, law));

describe('a trace as data', () => {
  it('is JSON', async () => {
    const json = await traceToJson(trace(gaussian, { values: { z: 0.5 } }));
    expect(JSON.parse(JSON.stringify(json))).toEqual([
      {
        name: 'z',
        kind: 'latent',
        family: 'Normal',
        plates: [],
        scale: 1,
        shape: [],
        value: 0.5,
        logProb: expect.closeTo(-1.0439385, 5),
      },
      { name: 'twice', kind: 'deterministic', plates: [], scale: 1, shape: [], value: 1 },
      {
        name: 'x',
        kind: 'observed',
        family: 'Normal',
        plates: ['data'],
        scale: 1,
        shape: [3],
        value: [1, 2, 3],
        logProb: expect.closeTo(-7.1318154, 5),
      },
    ]);
  });

  it('is a table', async () => {
    expect(await traceTable(trace(gaussian, { values: { z: 0.5 } }))).toBe(
      [
        'site   kind           family  plates  shape  log prob',
        'z      latent         Normal          []     -1.0439',
        'twice  deterministic                  []',
        'x      observed       Normal  data    [3]    -7.1318',
      ].join('\n'),
    );
  });

  it('has a difference to another', async () => {
    const before = trace(gaussian, { values: { z: 0.5 } });
    const after = trace(sample('z', normal(0, 2)), { values: { z: 0.5 } });
    expect(await traceDiff(before, before)).toEqual([]);
    expect(await traceDiff(before, after)).toEqual([
      { change: 'removed', site: 'twice' },
      { change: 'removed', site: 'x' },
      { change: 'logProb', site: 'z', before: expect.any(String), after: expect.any(String) },
    ]);
    expect(await traceDiff(after, before)).toContainEqual({ change: 'added', site: 'x' });
  });
});

const logSumExp = (xs: readonly number[]): number => {
  const top = Math.max(...xs);
  return top + Math.log(xs.reduce((s, x) => s + Math.exp(x - top), 0));
};

const logNormal = (x: number, m: number, s: number): number =>
  -0.5 * ((x - m) / s) ** 2 - Math.log(s) - 0.9189385332046727;

describe('enumerate', () => {
  it('equals the sum over every joint value, plates inside global sites', () => {
    const weights = fc.array(fc.double({ min: 0.1, max: 1, noNaN: true }), {
      minLength: 2,
      maxLength: 3,
    });
    const xs = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(weights, weights, xs, (outer, inner, data) => {
        const model = program(function* () {
          const g = yield* sample('g', categorical({ probs: outer }));
          yield* plate(
            'data',
            data.length,
            program(function* () {
              const c = yield* sample('c', categorical({ probs: inner }));
              yield* observe('x', normal(tf.add(g, tf.mul(c, 0.7)), 1), data);
            }),
          );
        });
        const [so, si] = [outer, inner].map((w) => w.reduce((a, b) => a + b, 0));
        const perGlobal = outer.map(
          (w, g) =>
            Math.log(w / (so ?? 1)) +
            data.reduce(
              (sum, x) =>
                sum +
                logSumExp(
                  inner.map((v, c) => Math.log(v / (si ?? 1)) + logNormal(x, g + 0.7 * c, 1)),
                ),
              0,
            ),
        );
        const exact = logSumExp(perGlobal);
        const { logEvidence, marginals } = enumerate(model);
        expect(logEvidence.dataSync()[0]).toBeCloseTo(exact, 3);
        const posterior = Array.from(marginals['g']?.dataSync() ?? []);
        posterior.forEach((p, g) =>
          expect(p).toBeCloseTo(Math.exp((perGlobal[g] ?? 0) - exact), 4),
        );
        expect(marginals['c']?.shape).toEqual([inner.length, data.length]);
        tf.sum(marginals['c'] ?? tf.scalar(0), 0)
          .dataSync()
          .forEach((total) => expect(total).toBeCloseTo(1, 4));
      }),
      { numRuns: 25 },
    );
  });

  it('sums crossed plates where it can, and says so where it cannot', () => {
    const data = [
      [0.3, -0.4],
      [1.2, 0.1],
      [0.5, 2],
    ] as const;
    const crossing = (both: boolean) =>
      program(function* () {
        const a = yield* plate('A', { size: 2, axis: -1 }, sample('a', bernoulli({ probs: 0.3 })));
        const b = both
          ? yield* plate('B', { size: 3, axis: -2 }, sample('b', bernoulli({ probs: 0.6 })))
          : tf.scalar(0);
        const x = observe(
          'x',
          normal(tf.add(a, tf.mul(b, 2)), 1),
          tf.tensor2d(data.map((r) => [...r])),
        );
        yield* plate('B', { size: 3, axis: -2 }, plate('A', { size: 2, axis: -1 }, x));
      });
    const exact = [0, 1].reduce((sum, column) => {
      const each = [0.7, 0.3].map(
        (p, a) => Math.log(p) + data.reduce((s, row) => s + logNormal(row[column] ?? 0, a, 1), 0),
      );
      return sum + logSumExp(each);
    }, 0);
    expect(enumerate(crossing(false)).logEvidence.dataSync()[0]).toBeCloseTo(exact, 3);
    expect(() => enumerate(crossing(true))).toThrow(/plates that cross/);
  });

  it('refuses a continuous site, naming it, unless its value is given', () => {
    const model = sample('z', normal(0, 1));
    expect(() => enumerate(model)).toThrow(/site 'z'.*discrete.*Normal/);
    expect(enumerate(model, { values: { z: 0 } }).logEvidence.dataSync()[0]).toBeCloseTo(
      -0.9189385,
      5,
    );
  });

  it('counts factors and a subsampled plate at full size', () => {
    const model = plate(
      'data',
      { size: 10, indices: tf.tensor1d([1, 2], 'int32') },
      program(function* () {
        const c = yield* sample('c', bernoulli({ probs: 0.5 }));
        yield* factor('f', tf.mul(c, 2));
      }),
    );
    const each = Math.log(0.5 * (1 + Math.exp(2)));
    const { logEvidence, marginals } = enumerate(model);
    expect(logEvidence.dataSync()[0]).toBeCloseTo(10 * each, 3);
    expect(marginals['c']?.dataSync()[2]).toBeCloseTo(Math.exp(2) / (1 + Math.exp(2)), 4);
  });
});

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
    ['with a factor', both(factor('f', 10)), /'f' is a factor in the guide/],
    ['with an observation', both(observe('o', normal(0, 1), 3)), /'o' is observed in the guide/],
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

  it('takes the sites that the guide has from it', () => {
    const draws = predictive(model, {
      key: key(0),
      samples: 50,
      guide: sample('z', normal(100, 0.1)),
    });
    draws['x']?.dataSync().forEach((v) => expect(Math.abs(v - 100)).toBeLessThan(10));
  });
});

describe('a derivation in print', () => {
  const model = condition(
    plate(
      'data',
      { size: 100, indices: tf.tensor1d([0, 1], 'int32') },
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        const c = yield* sample('c', bernoulli({ probs: 0.5 }));
        yield* sample('x_1', normal(tf.add(z, c), 1));
      }),
    ),
    { x_1: tf.tensor1d([1, 2]) },
  );
  const guide = plate(
    'data',
    { size: 100, indices: tf.tensor1d([0, 1], 'int32') },
    program(function* () {
      yield* sample('z', normal(0, 1));
      yield* sample('c', bernoulli({ probs: 0.5 }));
    }),
  );

  it('names every term, estimator and reason', () => {
    expect(showDerivation(derive(model, guide, elbo()))).toBe(
      [
        'log p(data) ≥ ELBO =',
        '  - 50 Σ_data KL(q(z) ‖ p(z))',
        '  - 50 Σ_data KL(q(c) ‖ p(c))',
        '  + 50 Σ_data E_q[log p(x_1 | z, c)]',
        'estimated with 1 particle:',
        '  z ~ Normal for Normal',
        '    gradient: pathwise: Normal is reparameterised: the draw carries the gradient',
        "    KL: closed form: the prior's parameters do not depend on 'z'",
        '  c ~ Bernoulli for Bernoulli',
        '    gradient: summed over 2 values: its support is finite: the expectation is summed exactly',
        "    KL: closed form: the prior's parameters do not depend on 'c'",
      ].join('\n'),
    );
    expect(
      showDerivation(
        derive(model, guide, elbo({ particles: 4, discrete: 'score', closedFormKl: 'never' })),
      ),
    ).toMatch(
      /score function: the objective asks for score functions; baseline: the mean of the other particles/,
    );
  });

  it('is LaTeX, names escaped', () => {
    expect(latex(derive(model, guide, elbo()))).toBe(
      [
        '\\begin{aligned}',
        '\\log p(\\mathrm{data}) \\ge \\mathrm{ELBO} = {}',
        '& - 50 \\sum_{\\mathrm{data}} \\mathrm{KL}\\left(q(z) \\,\\|\\, p(z)\\right) \\\\',
        '& - 50 \\sum_{\\mathrm{data}} \\mathrm{KL}\\left(q(c) \\,\\|\\, p(c)\\right) \\\\',
        '& + 50 \\sum_{\\mathrm{data}} \\mathbb{E}_q\\left[\\log p(\\mathrm{x\\_1} \\mid z, c)\\right] \\\\',
        '\\end{aligned}',
      ].join('\n'),
    );
  });
});
