/** Traces as data, exact enumeration and printed derivations. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bernoulli,
  categorical,
  condition,
  derive,
  deterministic,
  elbo,
  factor,
  normal,
  observe,
  plate,
  program,
  sample,
  showDerivation,
  trace,
} from 'marginalia';
import { enumerate, traceDiff, traceTable, traceToJson } from 'marginalia/handlers';
import { derivationToLatex } from 'marginalia/objectives';
import { logNormal } from '../double.js';

const gaussian = program(function* () {
  const z = yield* sample('z', normal(0, 1));
  yield* deterministic('twice', tf.mul(z, 2));
  yield* plate('data', 3, observe('x', normal(z, 1), [1, 2, 3]));
});
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
    expect(derivationToLatex(derive(model, guide, elbo()))).toBe(
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
