/** Bounds of laws with chances of exactly 0 and 1: 0 log 0 = 0, and a slope wherever there is one. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Objective,
  type Program,
  type Tensor,
  bernoulli,
  categorical,
  elbo,
  evidence,
  key,
  normal,
  observe,
  param,
  predictive,
  program,
  sample,
  sgd,
  svi,
} from 'marginalia';
import { klDivergence, oneHotCategorical } from 'marginalia/distributions';
import { measureValued, straightThrough } from 'marginalia/estimators';
import { describe, expect, it } from 'vitest';

type Numbers = readonly number[];

const near = (a: Numbers, b: Numbers): void => {
  expect(a).toHaveLength(b.length);
  a.forEach((x, i) => {
    const wanted = b[i] ?? NaN;
    if (Number.isFinite(wanted)) expect(x, a.join()).toBeCloseTo(wanted, 4);
    else expect(x, a.join()).toBe(wanted);
  });
};

const found = (f: (p: Tensor) => Tensor, at: number): readonly [number, number] => {
  const x = tf.scalar(at);
  return [f(x).dataSync()[0] ?? NaN, tf.grad(f)(x).dataSync()[0] ?? NaN];
};
const kl = (q: Distribution, p: Distribution): Tensor => klDivergence(q, p) ?? tf.scalar(NaN);
const coin = (p: Tensor | number): Distribution => bernoulli({ probs: p });

describe('a divergence at a chance of exactly 0 or 1', () => {
  it('has the value and the slope of double precision by the prior', () => {
    for (const q of [0, 1, 0.25]) {
      for (const p of [0, 1, 0.25, 0.75]) {
        const terms = [
          [q, p],
          [1 - q, 1 - p],
        ].filter(([mass = 0]) => mass > 0);
        const exact = terms.reduce((s, [a = 0, b = 0]) => s + a * Math.log(a / b), 0);
        const [value, slope] = found((x) => kl(coin(q), coin(x)), p);
        near([value], [exact]);
        const on = q === 0 ? 0 : -q / p;
        const off = q === 1 ? 0 : (1 - q) / (1 - p);
        near([slope], [on + off]);
      }
    }
  });

  it('by the guide is that of the values that it takes', () => {
    const [value, slope] = found((q) => kl(coin(q), coin(0.3)), 0);
    near([value, slope], [-Math.log(0.7), Math.log(0.7) - 1]);
    const both = tf.grad((q: Tensor) =>
      kl(categorical({ probs: q }), categorical({ probs: [0.7, 0.3] })),
    )(tf.tensor1d([1, 0]));
    const [first = NaN, second = NaN] = both.dataSync();
    // Towards a one, from all mass at nought, as the coin goes.
    near([second - first], [slope]);
  });

  it('is infinite where the prior excludes what the guide takes, and only there', () => {
    const die = (probs: Numbers): Distribution => categorical({ probs });
    near([kl(die([0, 1, 1]), die([0, 1, 3])).dataSync()[0] ?? NaN], [0.143841]);
    near([kl(die([1, 1]), die([0, 1])).dataSync()[0] ?? NaN], [Infinity]);
    const faces = (probs: Numbers): Distribution => oneHotCategorical({ probs });
    near([kl(faces([0, 1]), faces([0, 1])).dataSync()[0] ?? NaN], [0]);
  });
});

const bitModel = program(function* () {
  const z = yield* sample('z', bernoulli({ probs: 0.3 }));
  yield* observe('x', normal(z, 1), 0.4);
});
const classModel = program(function* () {
  const z = yield* sample('z', categorical({ probs: [0.7, 0.3] }));
  yield* observe('x', normal(z, 1), 0.4);
});

const gradientOf = (
  model: Program<unknown, unknown>,
  law: (p: Tensor) => Distribution,
  start: number | Numbers,
  objective: Objective,
): Numbers => {
  const inference = svi({
    model: () => model,
    guide: (): Program<unknown, unknown> =>
      program(function* () {
        yield* sample('z', law(yield* param('p', start)));
      }),
    objective,
    optimizer: sgd(1),
  });
  const state = inference.init(key(0), undefined);
  return [...(inference.gradients(state, undefined)['p']?.dataSync() ?? [])];
};

describe('a guide that never takes a value', () => {
  const bit = (p: Tensor) => bernoulli({ probs: p });
  const classes = (p: Tensor) => categorical({ probs: p });
  const likelihood = (z: number): number => -0.9189385332 - (0.4 - z) ** 2 / 2;

  it.each([0, 1])('has a finite gradient where its coin always shows %d', (p) => {
    // Of the value that is taken: a loss of −(log p(x, z) − log q(z)) times its chance.
    const cost = likelihood(p) + Math.log(p === 1 ? 0.3 : 0.7);
    const wanted = p === 1 ? -(cost - 1) : cost - 1;
    near(gradientOf(bitModel, bit, p, elbo()), [wanted]);
    near(gradientOf(bitModel, bit, p, elbo({ closedFormKl: 'never' })), [wanted]);
  });

  it('has the same as a coin and as a class, summed and measure-valued', () => {
    for (const p of [0, 1, 0.25]) {
      const measured = elbo({ estimators: { z: measureValued() }, closedFormKl: 'never' });
      const [coinSlope = NaN] = gradientOf(bitModel, bit, p, elbo());
      near(gradientOf(bitModel, bit, p, measured), [coinSlope + measuredEntropy(p)]);
      const [off = NaN, on = NaN] = gradientOf(classModel, classes, [1 - p, p], elbo());
      near([on - off], [coinSlope]);
      const [otherOff = NaN, otherOn = NaN] = gradientOf(classModel, classes, [1 - p, p], measured);
      near([otherOn - otherOff], [coinSlope + measuredEntropy(p)]);
    }
  });

  /** The score of log q has mean 0 over all values: over those that are taken, ±1 at the ends. */
  const measuredEntropy = (p: number): number => (p === 0 ? 1 : p === 1 ? -1 : 0);

  it('has one through a straight-through draw', () => {
    const objective = elbo({ estimators: { z: straightThrough() }, closedFormKl: 'never' });
    for (const p of [0, 1]) {
      const [slope = NaN] = gradientOf(bitModel, bit, p, objective);
      // The cost's slope by the draw, which moves with p, and that of log q at the draw.
      const byDraw = Math.log(0.3 / 0.7) + 0.4 - p;
      near([slope], [-(byDraw + (p === 0 ? 1 : -1))]);
    }
  });
});

describe('the slope of a log density by the value', () => {
  const byValue = (d: Distribution, at: number | Numbers): Numbers => [
    ...tf
      .grad((v: Tensor) => tf.sum(d.logProb(v)))(tf.tensor(typeof at === 'number' ? at : [...at]))
      .dataSync(),
  ];

  it('is there at 0 and 1, where relaxed and straight-through draws lie', () => {
    for (const z of [0, 0.5, 1]) near(byValue(coin(0.3), z), [Math.log(0.3 / 0.7)]);
    const die = oneHotCategorical({ probs: [0.25, 0.75] });
    for (const z of [
      [0, 1],
      [1, 0],
      [0.5, 0.5],
    ]) {
      near(byValue(die, z), [Math.log(0.25), Math.log(0.75)]);
    }
  });

  it('is that of the values that are possible where others are not', () => {
    near(byValue(coin(0), 0), [0]);
    near(byValue(oneHotCategorical({ probs: [0, 1, 3] }), [0, 1, 0]), [
      0,
      Math.log(0.25),
      Math.log(0.75),
    ]);
  });
});

describe('draws where a chance is exactly 0', () => {
  it('never take it, and weigh what remains', async () => {
    const model = program(function* () {
      const z = yield* sample('z', categorical({ probs: [0, 1, 1] }));
      yield* observe('x', normal(z, 1), 1);
    });
    const prior = sample('z', categorical({ probs: [0, 1, 1] }));
    const draws = predictive(prior, { key: key(1), samples: 200 });
    expect(new Set(draws['z']?.dataSync())).toEqual(new Set([1, 2]));
    const exact = -0.9189385332 + Math.log((1 + Math.exp(-0.5)) / 2);
    const { total } = await evidence(model, prior, { key: key(1), samples: 4000 });
    // Five standard errors of 0.245 / √4000 in log w.
    expect(Math.abs(total - exact)).toBeLessThan(0.02);
    const impossible = await evidence(
      program(function* () {
        yield* sample('z', categorical({ probs: [0, 1, 1] }));
        yield* observe('x', bernoulli({ probs: 0 }), 1);
      }),
      prior,
      { key: key(1), samples: 10 },
    );
    expect(impossible.total).toBe(-Infinity);
    expect(impossible.effectiveSampleSize[0]).toBe(0);
  });
});
