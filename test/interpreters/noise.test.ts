/** Noise: randomness that is no latent, and what stands for it at evaluation. */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type Tensor,
  bernoulli,
  elbo,
  evaluation,
  iwae,
  key,
  noise,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  sgd,
  simulate,
  svi,
  trace,
} from 'marginalia';
import { of } from 'marginalia/monad';
import { batchNorm, dropout } from 'marginalia/nn';
import { minimize } from 'marginalia/objectives';
import { describe, expect, it } from 'vitest';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];

const standard = noise('e', normal(0, 1));

describe('noise', () => {
  it('is drawn for each particle and element, and neither scored nor recorded', () => {
    const { result, sites, logJoint } = trace(plate('rows', 4, standard), {
      key: key(0),
      particles: 3,
    });
    expect(result.shape).toEqual([3, 4]);
    expect(new Set(numbers(result)).size).toBe(12);
    expect(sites).toEqual({});
    expect(numbers(logJoint)).toEqual([0, 0, 0]);
  });

  it('is the same by name in two programs, another at a second visit, and not that of a site', () => {
    const twice = program(function* () {
      return [yield* standard, yield* standard];
    });
    const [first, second] = simulate(twice, { key: key(1) });
    const alone = simulate(standard, { key: key(1) });
    expect(numbers(first)).toEqual(numbers(alone));
    expect(numbers(second)).not.toEqual(numbers(first));
    expect(numbers(simulate(sample('e', normal(0, 1)), { key: key(1) }))).not.toEqual(
      numbers(alone),
    );
    expect(simulate(twice, { key: key(1) }).map(numbers)).toEqual([first, second].map(numbers));
  });

  it('needs no key at evaluation where it has a value for it, and stays noise where it has none', () => {
    const kept = noise('kept', bernoulli({ probs: 0.5 }), { evaluation: 0.25 });
    expect(numbers(simulate(evaluation(plate('rows', 2, kept)), {}))).toEqual([0.25, 0.25]);
    expect(numbers(simulate(evaluation(standard), { key: key(2) }))).toEqual(
      numbers(simulate(standard, { key: key(2) })),
    );
    expect(() => simulate(evaluation(standard), {})).toThrow(/expected a key/);
  });

  it('is integrated out of a bound: E log N(0; n, 1) with n ~ N(0, 1) is log N(0; 0, 1) − 1/2', () => {
    const PARTICLES = 4000;
    const made = (objective: ReturnType<typeof elbo>) =>
      svi({
        model: () =>
          program(function* () {
            const n = yield* noise('n', normal(0, 1), { evaluation: 0 });
            yield* observe('x', normal(tf.add(n, yield* param('loc', 0)), 1), 0);
          }),
        guide: () => of({}),
        objective,
        optimizer: sgd(0.1),
      });
    const bound = made(elbo({ particles: PARTICLES }));
    const state = bound.init(key(0), undefined);
    const [, { loss }] = bound.step(state, undefined);
    // The standard deviation of n²/2 is √½: 5 of them are passed in 6 of 10⁷ seeds.
    const exact = 0.5 * Math.log(2 * Math.PI);
    expect(Math.abs((numbers(loss)[0] ?? Number.NaN) - exact - 0.5)).toBeLessThan(
      5 * Math.sqrt(0.5 / PARTICLES),
    );
    expect(numbers(bound.evaluate(state, undefined).loss)[0]).toBeCloseTo(exact, 6);
    // Weights of draws of the noise estimate the evidence of the model without it: log N(0; 0, 2).
    const weighed = made(iwae({ particles: PARTICLES }));
    const [, { loss: tight }] = weighed.step(weighed.init(key(0), undefined), undefined);
    expect(numbers(tight)[0]).toBeCloseTo(0.5 * Math.log(4 * Math.PI), 1);
  });
});

describe('dropout', () => {
  const RATE = 0.25;
  const drop = dropout('drop', { rate: RATE });

  it('keeps the mean, for each row, particle and visit by itself, in a plate and outside', () => {
    const x = tf.ones([200, 20]);
    for (const body of [drop(x), plate('rows', 200, drop(x))]) {
      const y = simulate(body, { key: key(0) });
      expect(y.shape).toEqual([200, 20]);
      const kept = numbers(y).filter((v) => v !== 0);
      expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - RATE))]));
      // 5 standard deviations of a binomial count.
      expect(Math.abs(kept.length - 3000)).toBeLessThan(5 * Math.sqrt(4000 * RATE * (1 - RATE)));
      const rows = new Set(y.as2D(200, 20).arraySync().map(String));
      expect(rows.size).toBeGreaterThan(150);
      expect(numbers(simulate(evaluation(body), {}))).toEqual(numbers(x));
    }
  });

  it('is of each particle, of data as of draws, within the plates of a model', () => {
    const x = tf.ones([3, 8]);
    const net = program(function* () {
      const outside = yield* drop(x);
      yield* plate('rows', 3, sample('z', normal(tf.sum(outside, -1), 1)));
      return outside;
    });
    expect(simulate(net, { key: key(0), particles: 5 }).shape).toEqual([5, 3, 8]);
  });

  it('of rate 0 is nothing, and of 1 is refused', () => {
    const x = tf.ones([2]);
    expect(simulate(dropout('none', { rate: 0 })(x), {})).toBe(x);
    expect(() => dropout('all', { rate: 1 })).toThrow(/rate to be a number from 0 to below 1/);
  });
});

describe('batchNorm', () => {
  it('has the statistics of each particle by itself, over the elements of plates', () => {
    const norm = batchNorm('norm', { epsilon: 1e-12 });
    const net = program(function* () {
      const z = yield* plate('rows', 4, sample('z', normal(0, 1)));
      return yield* norm(tf.expandDims(z, -1));
    });
    const many = simulate(net, { key: key(0), particles: 3 });
    expect(many.shape).toEqual([3, 4, 1]);
    const rows = many.as2D(3, 4);
    expect(tf.max(tf.abs(tf.mean(rows, 1))).arraySync()).toBeLessThan(1e-6);
    expect(tf.max(tf.abs(tf.sub(tf.mean(tf.square(rows), 1), 1))).arraySync()).toBeLessThan(1e-5);
  });

  it('of images pools height and width', () => {
    const x = tf.reshape(tf.range(0, 24), [2, 2, 3, 2]);
    const y = simulate(batchNorm('norm', { pooled: 2, epsilon: 1e-12 })(x), {});
    // Of 0, 2, …, 22 the mean is 11 and the variance (12² − 1) / 3.
    const [first, second] = numbers(y);
    expect(first).toBeCloseTo(-11 / Math.sqrt(143 / 3), 5);
    expect(second).toBe(first);
  });
});

describe('rows', () => {
  const norm = batchNorm('norm');
  const drop = dropout('drop', { rate: 0.5 });
  const x = tf.reshape(tf.range(1, 9), [8, 1]);
  const images = tf.reshape(tf.range(0, 24), [4, 2, 3, 1]);
  const choice = sample('k', bernoulli({ probs: 0.3 }));

  /** The loss and the parameters after one step on a program's mean square. */
  const stepped = (
    body: Program<unknown, Tensor>,
    particles: number,
    also: Program<unknown, unknown> = of(0),
  ) => {
    const made = svi({
      ...minimize(
        () =>
          program(function* () {
            const z = yield* sample('z', normal(yield* param('loc', 0), 1));
            yield* also;
            return tf.add(tf.mean(tf.square(yield* body)), tf.mul(z, 0));
          }),
        { particles },
      ),
      optimizer: sgd(0.1),
    });
    const [state, { loss }] = made.step(made.init(key(0)));
    return { loss: numbers(loss)[0], variance: numbers(state.params['norm/variance'])[0] };
  };

  it('are what a layer is given, for any number of particles and summed values', () => {
    const once = { loss: expect.closeTo(1, 4), variance: expect.closeTo(1.425, 5) };
    for (const particles of [1, 2, 8]) {
      expect(stepped(norm(x), particles)).toEqual(once);
      expect(stepped(norm(x), particles, choice)).toEqual(once);
      // What is left of 1, …, 8 is twice as much: on average 51 of its square, and never more than twice that.
      const { loss = NaN } = stepped(drop(x), particles, choice);
      expect(loss).toBeGreaterThan(0);
      expect(loss).toBeLessThanOrEqual(102);
    }
    // As many rows as particles.
    expect(stepped(norm(tf.slice(x, [0], [2])), 2).loss).toBeCloseTo(1, 2);
  });

  it('are refused within plates where axes of each row are among them', () => {
    // As wide as there are images, too.
    const square = tf.reshape(tf.range(0, 32), [4, 2, 4, 1]);
    for (const particles of [1, 2]) {
      for (const of4 of [images, square]) {
        const options = { key: key(0), particles };
        expect(() => simulate(plate('images', 4, norm(of4)), options)).toThrow(
          /^batchNorm 'norm': .*Count the axes of one row among its own: pass pooled, 2 for images\.$/,
        );
        expect(() => simulate(plate('images', 4, drop(of4)), options)).toThrow(
          /^noise 'drop': .*pass axes, 3 for images\.$/,
        );
      }
    }
  });

  it('are the same rows for any number of particles, in a plate', () => {
    const pooled = plate('images', 4, batchNorm('norm', { pooled: 2 })(images));
    const outside = program(function* () {
      const h = yield* norm(x);
      yield* plate('rows', 8, sample('w', normal(tf.squeeze(h), 1)));
      return h;
    });
    for (const body of [pooled, outside]) {
      const [one, many] = [1, 3].map((particles) => simulate(body, { key: key(0), particles }));
      const rows = numbers(one);
      expect(numbers(many)).toEqual([...rows, ...rows, ...rows]);
    }
  });

  it('are of no matter at evaluation', () => {
    const many = simulate(evaluation(norm(x)), { key: key(0), particles: 2 });
    const rows = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(numbers(many).map((v) => Math.round(v))).toEqual([...rows, ...rows]);
    const kept = simulate(evaluation(drop(x)), { key: key(0), particles: 2 });
    expect(kept.shape.slice(-2)).toEqual([8, 1]);
  });
});
