/** Chances of exactly 0: what they add to a sum, and their slope, in every engine. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {
  type Distribution,
  type Tensor,
  bernoulli,
  categorical,
  expand,
  independent,
  mixture,
  normal,
  observe,
  plate,
  program,
  sample,
  useBackend,
} from 'marginalia';
import { grad } from 'marginalia/autodiff';
import { oneHotCategorical } from 'marginalia/distributions';
import { enumerate } from 'marginalia/handlers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withGradients } from '../../../src/inference/gradients.js';
import { engines, numbersBy } from '../../compile/in-engines.js';

type Numbers = readonly number[];

const sum = (xs: Numbers): number => xs.reduce((a, b) => a + b, 0);
const density = (x: number, loc: number): number =>
  Math.exp(-((x - loc) ** 2) / 2) / Math.sqrt(2 * Math.PI);

/** The slope of a function of double precision by each number, to the right, where 0 has one. */
const slopes = (f: (at: Numbers) => number, at: Numbers, h = 1e-7): Numbers =>
  at.map((_, i) => (f(at.map((x, j) => (i === j ? x + h : x))) - f(at)) / h);

/** Value and gradient of a scalar function of a vector. */
const found = (f: (p: Tensor) => Tensor, at: Numbers): readonly [number, Numbers] => {
  const x = tf.tensor1d([...at]);
  return [f(x).dataSync()[0] ?? NaN, [...grad(f)(x).dataSync()]];
};

const near = (a: Numbers, b: Numbers, tolerance = 2e-4): void => {
  expect(a).toHaveLength(b.length);
  a.forEach((x, i) => {
    const wanted = b[i] ?? NaN;
    expect(Math.abs(x - wanted), `${a.join()} against ${b.join()}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(wanted)),
    );
  });
};

const weight = fc.constantFrom(0, 0, 0.25, 1, 3);
const loc = fc.double({ min: -2, max: 2, noNaN: true });
const mixed = fc
  .array(fc.tuple(weight, loc), { minLength: 2, maxLength: 4 })
  .filter((parts) => parts.some(([w]) => w > 0));

const logMixture = (weights: Numbers, locs: Numbers, x: number): number =>
  Math.log(sum(weights.map((w, k) => w * density(x, locs[k] ?? 0))) / sum(weights));

describe.each(['wasm', 'cpu'] as const)('a mixture with weights of exactly 0, on %s', (backend) => {
  beforeAll(() => useBackend(backend)());
  afterAll(() => useBackend('wasm')());

  it.each(engines)('has the slope of double precision: %s', async (engine) => {
    await fc.assert(
      fc.asyncProperty(mixed, loc, async (parts, x) => {
        const [weights, locs] = [parts.map(([w]) => w), parts.map(([, l]) => l)];
        const made = await numbersBy(
          engine,
          (params) => {
            const { kept, gradients } = withGradients(params, (given) => {
              const { weights: probs = tf.scalar(0), locs: centres = tf.scalar(0) } = given;
              const loss = mixture(categorical({ probs }), normal(centres, 1)).logProb(
                tf.scalar(x),
              );
              return { loss, keep: { loss } };
            });
            return { value: kept['loss'] ?? tf.scalar(NaN), ...gradients };
          },
          { weights: tf.tensor1d(weights), locs: tf.tensor1d(locs) },
        );
        near(made['value'] ?? [], [logMixture(weights, locs, x)]);
        near(
          made['weights'] ?? [],
          slopes((w) => logMixture(w, locs, x), weights),
        );
        near(
          made['locs'] ?? [],
          slopes((l) => logMixture(weights, l, x), locs),
        );
      }),
      { seed: 7, numRuns: engine === 'eager' ? 60 : 8 },
    );
  });

  it('by logits of −∞ has none there, and that of the others', () => {
    const f = (p: Tensor) =>
      mixture(
        categorical({ logits: tf.concat([p, tf.tensor1d([-Infinity])]) }),
        normal([0, 1, 0.3], 1),
      ).logProb(tf.scalar(0.3));
    const logits = (l: Numbers) => logMixture(l.map(Math.exp), [0, 1], 0.3);
    near(found(f, [0, 1])[1], slopes(logits, [0, 1]));
    const all = grad((p: Tensor) =>
      mixture(categorical({ logits: p }), normal([0, 1], 1)).logProb(tf.scalar(0.3)),
    )(tf.tensor1d([-Infinity, 0]));
    expect([...all.dataSync()]).toEqual([0, 0]);
  });

  it('stays finite where the one of weight 0 is all that explains the value', () => {
    const f = (p: Tensor) =>
      mixture(categorical({ probs: p }), normal([0, 40], 1)).logProb(tf.scalar(0));
    const [value, [first = NaN, second = NaN]] = found(f, [0, 1]);
    expect(value).toBeCloseTo(-800.9189, 2);
    expect(first).toBeGreaterThan(1e37);
    expect(Number.isFinite(first)).toBe(true);
    expect(Math.abs(second)).toBeLessThan(1e-6);
    // What softmax rounds to 0 has a slope of 0 times that, and not NaN.
    const soft = grad((l: Tensor) => f(tf.softmax(l)))(tf.tensor1d([-200, 0]));
    expect([...soft.dataSync()].every(Number.isFinite)).toBe(true);
  });

  it('of mixtures, and of laws that have chances of 0 themselves', () => {
    const inner = [
      [0, 1],
      [0.5, 0.5],
    ] as const;
    const nested = (p: Tensor) =>
      mixture(
        categorical({ probs: p }),
        mixture(
          categorical({ probs: tf.tensor2d(inner.map((row) => [...row])) }),
          normal(
            tf.tensor2d([
              [0, 1],
              [2, 3],
            ]),
            1,
          ),
        ),
      ).logProb(tf.scalar(0.3));
    const parts = [density(0.3, 1), 0.5 * density(0.3, 2) + 0.5 * density(0.3, 3)];
    const exact = (w: Numbers) => Math.log(sum(w.map((x, k) => x * (parts[k] ?? 0))) / sum(w));
    near([found(nested, [0, 1])[0]], [exact([0, 1])]);
    near(found(nested, [0, 1])[1], slopes(exact, [0, 1]));

    // p(0) of two coins or dice, by their own chances, which are 0 and 1.
    const ofBits = (p: Tensor) =>
      mixture(categorical({ probs: [0.25, 0.75] }), bernoulli({ probs: p })).logProb(tf.scalar(0));
    const bits = (p: Numbers) => Math.log(0.25 * (1 - (p[0] ?? 0)) + 0.75 * (1 - (p[1] ?? 0)));
    near(found(ofBits, [1, 0.5])[1], slopes(bits, [1, 0.5]));
    near(found(ofBits, [0.5, 0])[1], slopes(bits, [0.5, 0]));
    const ofClasses = (p: Tensor) =>
      mixture(
        categorical({ probs: [0.25, 0.75] }),
        categorical({ probs: tf.reshape(p, [2, 2]) }),
      ).logProb(tf.scalar(0));
    const classes = (p: Numbers) => {
      const [a = 0, b = 0, c = 0, d = 0] = p;
      return Math.log((0.25 * a) / (a + b) + (0.75 * c) / (c + d));
    };
    near(found(ofClasses, [0, 1, 0.5, 0.5])[1], slopes(classes, [0, 1, 0.5, 0.5]));
  });
});

/** Two hidden classes in a chain, and an observed bit of each. */
const chain = (start: Tensor, step: Tensor, emission: Tensor) =>
  program(function* () {
    const index = (z: Tensor) => tf.cast(z, 'int32');
    const a = yield* sample('a', categorical({ probs: start }));
    yield* observe('x', bernoulli({ probs: tf.gather(emission, index(a)) }), 1);
    const b = yield* sample('b', categorical({ probs: tf.gather(step, index(a)) }));
    yield* observe('y', bernoulli({ probs: tf.gather(emission, index(b)) }), 0);
  });

const logChain = (at: Numbers): number => {
  const [s0 = 0, s1 = 0, t00 = 0, t01 = 0, t10 = 0, t11 = 0, e0 = 0, e1 = 0] = at;
  const step = [
    [t00 / (t00 + t01), t01 / (t00 + t01)],
    [t10 / (t10 + t11), t11 / (t10 + t11)],
  ];
  const terms = [s0 / (s0 + s1), s1 / (s0 + s1)].flatMap((s, i) =>
    [e0, e1].map((e, j) => s * ([e0, e1][i] ?? 0) * (step[i]?.[j] ?? 0) * (1 - e)),
  );
  return Math.log(sum(terms));
};

describe('exact evidence with chances of exactly 0', () => {
  it('has the slope of double precision by each of them', () => {
    const logZ = (p: Tensor) =>
      enumerate(chain(tf.slice(p, 0, 2), tf.reshape(tf.slice(p, 2, 4), [2, 2]), tf.slice(p, 6, 2)))
        .logEvidence;
    for (const at of [
      [0.5, 0.5, 0.3, 0.7, 0.6, 0.4, 0.2, 0.9],
      [0, 1, 0.3, 0.7, 0, 1, 0.2, 0.9],
      [1, 0, 0, 1, 1, 0, 0.5, 0],
      [1, 1, 0, 1, 1, 0, 0, 0.5],
    ]) {
      const [value, slope] = found(logZ, at);
      near([value], [logChain(at)]);
      near(slope, slopes(logChain, at, 1e-8), 1e-3);
    }
  });

  it('in plates, where rows multiply', () => {
    const logZ = (p: Tensor) =>
      enumerate(
        plate(
          'd',
          3,
          program(function* () {
            const z = yield* sample('z', oneHotCategorical({ probs: p }));
            const mean = tf.sum(tf.mul(z, tf.tensor1d([0, 1])), -1);
            yield* observe('x', normal(mean, 1), tf.tensor1d([0.1, 0.5, -0.2]));
          }),
        ),
      ).logEvidence;
    const exact = (w: Numbers) => sum([0.1, 0.5, -0.2].map((x) => logMixture(w, [0, 1], x)));
    for (const at of [
      [0, 1],
      [1, 0],
      [0.2, 0.8],
    ]) {
      near(found(logZ, at)[1], slopes(exact, at));
    }
  });

  it('of a joint law of bits, one of which is never on', () => {
    const logZ = (p: Tensor) =>
      enumerate(
        program(function* () {
          const z = yield* sample('z', independent(bernoulli({ probs: p })));
          yield* observe('x', normal(tf.sum(z, -1), 1), 0.7);
        }),
      ).logEvidence;
    const exact = ([p = 0, q = 0]: Numbers) =>
      Math.log(
        (1 - p) * (1 - q) * density(0.7, 0) +
          (p * (1 - q) + (1 - p) * q) * density(0.7, 1) +
          p * q * density(0.7, 2),
      );
    for (const at of [
      [0, 0.5],
      [0, 0],
      [0.25, 1],
    ]) {
      near(found(logZ, at)[1], slopes(exact, at));
    }
  });

  it('is −∞ of what cannot be, with a gradient of 0', () => {
    const logZ = (p: Tensor) =>
      enumerate(
        program(function* () {
          const z = yield* sample('z', categorical({ probs: p }));
          yield* observe('x', categorical({ probs: tf.stack([tf.sub(1, z), z], -1) }), 1);
        }),
      ).logEvidence;
    expect(found(logZ, [1, 0])[0]).toBe(-Infinity);
    expect(found(logZ, [0, 1])[0]).toBeCloseTo(0, 6);
  });
});

describe('moments of laws with chances of exactly 0', () => {
  const moment =
    (of: ((d: Distribution) => Tensor) | undefined, make: (p: Tensor) => Distribution) =>
    (at: Numbers) =>
      found((p) => tf.sum(of?.(make(p)) ?? tf.scalar(NaN)), at);
  const mean = (d: Distribution): Tensor => d.mean?.() ?? tf.scalar(NaN);
  const variance = (d: Distribution): Tensor => d.variance?.() ?? tf.scalar(NaN);

  it('have the slopes of double precision', () => {
    const classes = (p: Tensor) => categorical({ probs: p });
    const at = [0.5, 0, 1];
    const m = (p: Numbers) => sum(p.map((x, k) => x * k)) / sum(p);
    const v = (p: Numbers) => sum(p.map((x, k) => x * k * k)) / sum(p) - m(p) ** 2;
    near(moment(mean, classes)(at)[1], slopes(m, at));
    near(moment(variance, classes)(at)[1], slopes(v, at));
    const blend = (p: Tensor) => mixture(categorical({ probs: p }), normal([0, 1, 2], 1));
    near(moment(mean, blend)(at)[1], slopes(m, at));
    near(moment(variance, blend)(at)[1], slopes(v, at));
    const vector = (p: Tensor) => oneHotCategorical({ probs: p });
    const spread = (p: Numbers) => sum(p.map((x) => (x / sum(p)) * (1 - x / sum(p))));
    near(moment(variance, vector)(at)[1], slopes(spread, at));
  });

  it('and listed chances are those of the log density, in every arrangement', () => {
    const laws: readonly Distribution[] = [
      bernoulli({ probs: [0, 0.25, 1] }),
      categorical({ probs: [0, 1, 3] }),
      oneHotCategorical({ probs: [1, 0, 1] }),
      expand(bernoulli({ probs: 0 }), [3]),
      independent(bernoulli({ probs: [0, 0.25, 1] })),
      mixture(categorical({ probs: [0, 1] }), bernoulli({ probs: [0.5, 0.25] })),
    ];
    for (const d of laws) {
      const listed = d.sampler.enumeration;
      const values = listed?.values() ?? tf.scalar(NaN);
      const [count = 0, ...event] = values.shape;
      const each = tf.reshape(values, [count, ...d.batchShape.map(() => 1), ...event]);
      const chances = [
        ...tf
          .add(listed?.chance?.(each) ?? tf.scalar(NaN), tf.zeros([count, ...d.batchShape]))
          .dataSync(),
      ];
      near(chances, [...tf.exp(d.logProb(each)).dataSync()], 1e-6);
    }
  });
});

it('a product of chances that is less than float32 has keeps its slope', () => {
  const slope = grad((probs: Tensor) =>
    mixture(categorical({ probs: [0.5, 0.5] }), independent(bernoulli({ probs }))).logProb(
      tf.ones([10]),
    ),
  )(tf.fill([2, 10], 1e-5));
  near(
    [...slope.dataSync()],
    Array.from({ length: 20 }, () => 5e4),
  );
});
