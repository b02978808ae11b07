/** Reductions over particles and summed values, by accident: refused, with noise as with latents. Seeds are fixed. */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Program,
  type Tensor,
  type Distribution,
  type TensorLike,
  bernoulli,
  block,
  categorical,
  dropout,
  elbo,
  evidence,
  factor,
  independent,
  iwae,
  key,
  minimize,
  mixture,
  noise,
  normal,
  observe,
  of,
  param,
  plate,
  program,
  sample,
  sgd,
  showDerivation,
  svi,
} from 'marginalia';
import { describe, expect, it } from 'vitest';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];

const begin = (body: () => Program<unknown, Tensor>, particles: number) => {
  const made = svi({ ...minimize(body, { particles }), optimizer: sgd(0.1) });
  return { made, state: made.init(key(0)) };
};

const squared = (reduce: (x: Tensor) => Tensor, size: number) => () =>
  program(function* () {
    const x = yield* noise('x', independent(normal(tf.zeros([size]), 1), 1));
    return tf.square(reduce(x));
  });

describe('a loss of noise', () => {
  it('that is reduced over particles is refused, and is right where it is not', () => {
    expect(() =>
      begin(
        squared((x) => tf.mean(x), 1),
        5000,
      ),
    ).toThrow(/^factor 'loss'|'loss'.*a loss for each particle.*tf\.mean\(x, -1\)/s);
    const PARTICLES = 5000;
    const { made, state } = begin(
      squared((x) => tf.mean(x, -1), 1),
      PARTICLES,
    );
    const [found = NaN] = numbers(made.evaluate(state, undefined).loss);
    // The variance of x² is 2: 5 standard deviations are passed in 6 of 10⁷ seeds.
    expect(Math.abs(found - 1)).toBeLessThan(5 * Math.sqrt(2 / PARTICLES));
    // What noise reaches is written as an expectation.
    expect(showDerivation(state.derivation).split('\n').slice(0, 2)).toEqual([
      'loss =',
      '  + E[loss]',
    ]);
  });

  it('is refused where a handler hides the draw, where it goes through a latent or a law', () => {
    const hidden = () =>
      program(function* () {
        return tf.square(tf.mean(yield* block(sample('x', normal(0, 1)), ['x'])));
      });
    expect(() => begin(hidden, 4)).toThrow(/'loss'.*each particle/s);
    const through = () =>
      program(function* () {
        const n = yield* noise('n', normal(0, 1));
        return tf.mean(yield* noise('m', normal(n, 1)));
      });
    expect(() => begin(through, 4)).toThrow(/'loss'.*each particle/s);
    const lawOf = () =>
      program(function* () {
        const n = yield* noise('n', normal(0, 1));
        const z = yield* sample('z', normal(tf.mean(n), 1));
        return tf.square(z);
      });
    expect(() => begin(lawOf, 4)).toThrow(/'z'.*a parameter of its law for each particle/s);
  });

  it('of a plate names the axes to keep, and not how many particles it was tried with', () => {
    const overRows = (keep: boolean) => () =>
      program(function* () {
        const x = yield* plate('rows', 6, noise('x', normal(0, 1)));
        return tf.mean(tf.square(x), -1, keep);
      });
    expect(() => begin(overRows(false), 4)).toThrow(
      /^[^0-9]*'loss': expected a loss for each particle, but got one of shape \[2\].*tf\.mean\(x, -1, true\)/s,
    );
    const { made, state } = begin(overRows(true), 4);
    expect(numbers(made.evaluate(state, undefined).loss)[0]).toBeGreaterThan(0);
  });

  it('is the same for all where the programs are evaluated, and not refused', () => {
    const drop = dropout('drop', { rate: 0.5 });
    const { made, state } = begin(
      () =>
        program(function* () {
          const h = yield* plate('rows', 4, drop(tf.ones([4, 3])));
          return tf.mean(tf.sum(h, -1), -1, true);
        }),
      3,
    );
    expect(numbers(made.evaluate(state, undefined).loss)[0]).toBeCloseTo(3, 6);
  });
});

describe('a term of a bound', () => {
  const bound = (model: Program<unknown, unknown>, objective: Objective) =>
    svi({
      model: () => model as Program<never, unknown>,
      guide: () => plate('c', 3, sample('z', normal(0, 1))) as Program<never, unknown>,
      objective,
      optimizer: sgd(0.1),
    }).init(key(0));
  const ofSum = (sum: (z: Tensor) => Tensor) =>
    program(function* () {
      const z = yield* plate('c', 3, sample('z', normal(0, 1)));
      yield* observe('x', normal(sum(z), 0.1), 1);
    });
  const asFactor = program(function* () {
    const z = yield* plate('c', 3, sample('z', normal(0, 1)));
    yield* factor('f', tf.neg(tf.sum(z)));
  });

  it('of what is pooled over particles is refused, by every objective and by evidence', () => {
    const pooled = ofSum((z) => tf.sum(z));
    for (const objective of [elbo({ particles: 4 }), iwae({ particles: 4 })]) {
      expect(() => bound(pooled, objective)).toThrow(
        /'x'.*a parameter of its law for each particle/s,
      );
      expect(() => bound(asFactor, objective)).toThrow(/'f'.*a term for each particle/s);
      expect(() =>
        bound(
          ofSum((z) => tf.sum(z, -1, true)),
          objective,
        ),
      ).not.toThrow();
    }
    expect(() => bound(pooled, elbo())).not.toThrow();
  });

  it('is refused by evidence', async () => {
    const guide = plate('c', 3, sample('z', normal(0, 1)));
    const options = { key: key(1), samples: 8 };
    await expect(
      evidence(
        ofSum((z) => tf.sum(z)),
        guide,
        options,
      ),
    ).rejects.toThrow(/'x'.*for each particle/s);
    await expect(
      evidence(
        ofSum((z) => tf.sum(z, -1, true)),
        guide,
        options,
      ),
    ).resolves.toBeDefined();
  });

  it('of a law that is pooled over the values of a summed site is refused', () => {
    const pooled = () =>
      program(function* () {
        const k = yield* sample('k', bernoulli({ probs: yield* param('p', 0.3) }));
        const z = yield* sample('z', normal(tf.sum(tf.cast(k, 'float32')), 1));
        return tf.square(z);
      });
    expect(() => begin(pooled, 1)).toThrow(/'z'.*each of 2 values of 'k'/s);
  });
});

describe('what is as long by accident as particles or values are', () => {
  const z = sample('z', normal(0, 1));
  const over = (law: (z: Tensor) => Distribution, x: TensorLike) =>
    svi({
      model: () =>
        program(function* () {
          yield* observe('x', law(yield* z), x);
        }),
      guide: () => z,
      objective: elbo({ particles: 7 }),
      optimizer: sgd(0.1),
    });

  it('is not taken for them: categories, components, events and plates', () => {
    const categories = (reduced: Tensor) =>
      categorical({ logits: tf.mul(tf.expandDims(reduced, -1), [0, 2]) });
    const components = (reduced: Tensor) =>
      mixture(
        categorical({ probs: [0.3, 0.7] }),
        normal(tf.add(tf.expandDims(reduced, -1), [0, 3]), 1),
      );
    for (const [law, x] of [
      [categories, tf.scalar(1, 'int32')],
      [components, 1],
    ] as const) {
      expect(() => over((v) => law(tf.mean(v)), x).init(key(0))).toThrow(/'x'.*for each particle/s);
      expect(() => over(law, x).init(key(0))).not.toThrow();
    }
    const summed = (pooled: (k: Tensor) => Tensor) => () =>
      program(function* () {
        const k = yield* sample('k', bernoulli({ probs: yield* param('p', 0.3) }));
        const mean = tf.mul(tf.expandDims(pooled(tf.cast(k, 'float32')), -1), tf.ones([2]));
        const y = yield* sample('y', independent(normal(mean, 1)));
        return tf.sum(tf.square(y), -1);
      });
    expect(() =>
      begin(
        summed((k) => tf.mean(k)),
        1,
      ),
    ).toThrow(/'y'.*each of 2 values of 'k'/s);
    expect(() =>
      begin(
        summed((k) => k),
        1,
      ),
    ).not.toThrow();
  });

  it('is not mixed along its axis, by particles and by values, whatever the estimator', () => {
    const mixed: readonly ((z: Tensor) => Tensor)[] = [
      (v) => tf.sub(v, tf.mean(v)),
      (v) => tf.div(v, tf.add(tf.sum(tf.abs(v)), 1)),
      (v) => tf.sub(v, tf.max(v)),
      (v) => tf.sub(v, tf.min(v)),
    ];
    for (const mix of mixed) {
      expect(() => over((v) => normal(mix(v), 1), 0.3).init(key(0))).toThrow(
        /'x'.*one particle.*other particles/s,
      );
      const values = () =>
        program(function* () {
          const k = yield* sample('k', bernoulli({ probs: yield* param('p', 0.3) }));
          return tf.square(mix(tf.cast(k, 'float32')));
        });
      expect(() => begin(values, 1)).toThrow(/'loss'.*one value of each summed site/s);
    }
    const paired = () =>
      program(function* () {
        const v = yield* z;
        return tf.square(tf.sub(v, tf.mean(v)));
      });
    const antithetic = minimize(paired, { particles: 4, antithetic: true });
    expect(() => svi({ ...antithetic, optimizer: sgd(0.1) }).init(key(0))).toThrow(/'loss'/);
  });
});

describe('importance weights', () => {
  const x = [1, -1];
  const model = (inside: boolean) =>
    program(function* () {
      const outer = inside ? tf.scalar(0) : yield* noise('n', normal(0, 1));
      yield* plate(
        'rows',
        2,
        program(function* () {
          const n = inside ? yield* noise('n', normal(0, 1)) : outer;
          yield* observe('x', normal(n, 1), x);
        }),
      );
    });
  const PARTICLES = 20_000;
  const boundOf = (inside: boolean): number => {
    const made = svi({
      model: () => model(inside),
      guide: () => of({}),
      objective: iwae({ particles: PARTICLES }),
      optimizer: sgd(0.1),
    });
    const [found = NaN] = numbers(made.evaluate(made.init(key(3)), undefined).loss);
    return -found;
  };

  it('are one for all data where noise of the model lies outside their plate', () => {
    // log N(x; 0, I + 1 1ᵀ), whose eigenvalue along (1, −1) is 1 and across it 3.
    const joint = -Math.log(2 * Math.PI) - 0.5 * Math.log(3) - 1;
    // Relative standard deviations of the mean weight are below 0.01: 5 of them are passed in 6 of 10⁷.
    expect(Math.abs(boundOf(false) - joint)).toBeLessThan(0.05);
    const each = x.map((v) => -0.5 * Math.log(4 * Math.PI) - (v * v) / 4);
    expect(Math.abs(boundOf(true) - each.reduce((a, b) => a + b))).toBeLessThan(0.05);
  });

  it('are one each where noise has a row for each of them, or is of the guide alone', async () => {
    const drop = dropout('drop', { rate: 0.5 });
    const rows = 5;
    const decoder = program(function* () {
      const h = yield* drop(tf.ones([rows, 2]));
      yield* plate('rows', rows, observe('y', normal(tf.sum(h, -1), 1), tf.zeros([rows])));
    });
    const { logEvidence } = await evidence(decoder, of({}), { key: key(0), samples: 16 });
    expect(logEvidence.length).toBe(rows);
    const guide = program(function* () {
      const n = yield* noise('n', normal(0, 1));
      yield* plate('rows', rows, sample('z', normal(n, 2)));
    });
    const each = plate('rows', rows, sample('z', normal(0, 1)));
    const weighed = await evidence(each, guide, { key: key(0), samples: 16 });
    expect(weighed.logEvidence.length).toBe(rows);
  });
});

describe('a draw that is no latent and carries no gradient', () => {
  it('leaves a score to the sites that it is drawn by', () => {
    const lifted = () =>
      program(function* () {
        const z = yield* sample('z', normal(yield* param('at', 0.4), 0.5));
        return yield* noise('n', bernoulli({ logits: z }));
      });
    const PARTICLES = 40_000;
    const { made, state } = begin(lifted, PARTICLES);
    expect(showDerivation(state.derivation)).toMatch(
      /z ~ .*\n.*score function: it reaches 'loss' through a draw that is no latent/,
    );
    const [slope = NaN] = numbers(made.gradients(state, undefined)['at']);
    // E σ'(z), by a sum over the quantiles of z.
    const steps = Array.from({ length: 4001 }, (_, i) => (i - 2000) / 400);
    const density = steps.map((u) => Math.exp(-0.5 * u * u));
    const total = density.reduce((a, b) => a + b);
    const exact = steps.reduce((sum, u, i) => {
      const p = 1 / (1 + Math.exp(-(0.4 + 0.5 * u)));
      return sum + ((density[i] ?? 0) / total) * p * (1 - p);
    }, 0);
    // A score of standard deviation 2 times a cost of ½: 5 standard errors.
    expect(Math.abs(slope - exact)).toBeLessThan(5 / Math.sqrt(PARTICLES));
  });
});
