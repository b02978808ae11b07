/**
 * The maximum mean discrepancy and the InfoVAE objective, against their definitions in double
 * precision at noise that the test chooses.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  delta,
  derive,
  elbo,
  independent,
  key,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  showDerivation,
} from 'marginalia';
import {
  gaussianKernel,
  infoVae,
  inverseMultiquadric,
  maximumMeanDiscrepancy,
} from 'marginalia/objectives';
import { type NoiseSource, keyedNoise } from 'marginalia/random';
import { describe, expect, it } from 'vitest';
import { type Tables, finiteDifferences } from '../discrete-network.js';
import { expectNear, logNormal } from '../../double.js';
import { type Found, estimateAt } from '../estimate-at.js';

type Rows = readonly (readonly number[])[];
type Scalar = (squared: number) => number;

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;
/** By its definition: means over pairs of different draws. */
const discrepancy = (x: Rows, y: Rows, kernel: Scalar): number => {
  const k = (a: readonly number[], b: readonly number[]): number =>
    kernel(a.reduce((sum, u, i) => sum + (u - (b[i] ?? NaN)) ** 2, 0));
  const within = (z: Rows): number =>
    mean(z.flatMap((a, i) => z.flatMap((b, j) => (i === j ? [] : [k(a, b)]))));
  return within(x) + within(y) - 2 * mean(x.flatMap((a) => y.map((b) => k(a, b))));
};
const kernels = [
  { name: 'gaussian', kernel: gaussianKernel(0.7), by: (d: number) => Math.exp(-d / 0.98) },
  { name: 'inverse multiquadric', kernel: inverseMultiquadric(2), by: (d: number) => 2 / (2 + d) },
];
const mmd = (x: Rows, y: Rows, kernel: (typeof kernels)[0]['kernel']): number =>
  tf.tidy(
    () =>
      maximumMeanDiscrepancy(
        tf.tensor2d(x.map((r) => [...r])),
        tf.tensor2d(y.map((r) => [...r])),
        kernel,
      ).dataSync()[0] ?? NaN,
  );

describe.each(kernels)('the maximum mean discrepancy, $name', ({ kernel, by }) => {
  it('is that of its definition', () => {
    const row = (i: number, seed: number) => [Math.sin(seed + i), Math.cos(2 * i + seed), i / 5];
    const x = [0, 1, 2, 3].map((i) => row(i, 1));
    const y = [0, 1, 2].map((i) => row(i, 2.5));
    expectNear(mmd(x, y, kernel), discrepancy(x, y, by), 1e-6);
  });

  it('is unbiased: its mean over all pairs of draws is that of the laws', () => {
    const [p, q] = [
      [-0.5, 1],
      [0.25, 2],
    ];
    const pairs = (z: readonly number[] = []): readonly Rows[] =>
      z.flatMap((a) => z.map((b) => [[a], [b]]));
    const estimates = pairs(p).flatMap((x) => pairs(q).map((y) => mmd(x, y, kernel)));
    const expected = (a: readonly number[] = [], b: readonly number[] = []): number =>
      mean(a.flatMap((u) => b.map((v) => by((u - v) ** 2))));
    expectNear(mean(estimates), expected(p, p) + expected(q, q) - 2 * expected(p, q), 1e-6);
  });
});

describe('the InfoVAE objective', () => {
  const epsilon: Readonly<Record<string, readonly number[]>> = {
    z: [0.3, -1.1, 0.8, 0.1, 1.9, -0.6],
    'dream z': [-0.2, 0.9, 1.4, -1.7, 0.5, 0.05],
  };
  const noise: NoiseSource = (site, _b, law, batch) =>
    tf.tensor([...(epsilon[site] ?? [])], [...batch, ...law.shape]);
  const data = [0.5, -1, 2];
  const sizes = (size: number) => ({
    size,
    ...(size > 3 && { indices: tf.tensor1d([0, 1, 2], 'int32') }),
  });
  const encoded = (size = 3) =>
    program(function* () {
      const mu = yield* param('mu', tf.zeros([2]));
      yield* plate(
        'data',
        sizes(size),
        program(function* () {
          const z = yield* sample('z', independent(normal(mu, [1, 1])));
          yield* observe('x', normal(tf.sum(z, -1), 1), data);
        }),
      );
    });
  const encoder = (size = 3) =>
    program(function* () {
      const [a, s] = [yield* param('a', 0), yield* param('s', 1, { support: positive })];
      const loc = tf.stack([tf.mul(a, tf.tensor1d(data)), tf.zeros([3])], -1);
      yield* plate('data', sizes(size), sample('z', independent(normal(loc, s))));
    });
  const rows = (name: string): Rows =>
    [0, 1, 2].map((i) => (epsilon[name] ?? []).slice(2 * i, 2 * i + 2));
  const point = { mu: [0.3, -0.2], a: [0.6], s: [-0.4] };
  const exact =
    (lambda: number, by: Scalar, size = 3) =>
    (t: Tables): number => {
      const [a, s] = [t['a']?.[0] ?? NaN, Math.exp(t['s']?.[0] ?? NaN)];
      const codes = rows('z').map((e, i) =>
        e.map((v, j) => (j === 0 ? a * (data[i] ?? NaN) : 0) + s * v),
      );
      const prior = rows('dream z').map((e) => e.map((v, j) => (t['mu']?.[j] ?? NaN) + v));
      const fit = codes.reduce(
        (sum, [u = NaN, v = NaN], i) => sum + logNormal(data[i] ?? NaN, u + v),
        0,
      );
      return (size / 3) * fit - lambda * size * discrepancy(codes, prior, by);
    };
  const found = (objective: Objective, size = 3): Found => {
    const params = { mu: tf.tensor1d(point.mu), a: tf.scalar(0.6), s: tf.scalar(-0.4) };
    const result = estimateAt(encoded(size), encoder(size), objective, { noise, params });
    tf.dispose(params);
    return result;
  };

  it.each(kernels)('is likelihood less discrepancy, with its gradient: $name', ({ kernel, by }) => {
    for (const size of [3, 12]) {
      const result = found(infoVae({ lambda: 5, kernel }), size);
      const bound = exact(5, by, size);
      expectNear(result.value, bound(point), 1e-5);
      expect(Object.keys(result.terms)).toEqual(['logLikelihood x', 'discrepancy']);
      for (const [name, slopes] of Object.entries(finiteDifferences(bound, point))) {
        slopes.forEach((slope, i) => expectNear(result.gradients[name]?.[i] ?? NaN, slope, 2e-4));
        expect(slopes.some((slope) => Math.abs(slope) > 0.01)).toBe(true);
      }
    }
  });

  it('is the ELBO for α = 0 and λ = 1, and mixes both divergences between', () => {
    const kernel = gaussianKernel(0.7);
    expectNear(found(infoVae({ alpha: 0, lambda: 1, kernel })).value, found(elbo()).value, 1e-6);
    const plain = exact(0, () => 0)(point);
    const kl = plain - found(elbo()).value;
    const mixed = found(infoVae({ alpha: 0.25, lambda: 3, kernel }));
    const penalty = plain - exact(2.25, (d) => Math.exp(-d / 0.98))(point);
    expectNear(mixed.value, plain - 0.75 * kl - penalty, 1e-5);
    const show = showDerivation(
      derive(
        sample('z', normal(0, 1)),
        sample('z', normal(0, 1)),
        infoVae({ alpha: 0.25, lambda: 3, kernel, sites: ['z'] }),
      ),
    );
    expect(show.split('\n').slice(0, 3)).toEqual([
      'InfoVAE =',
      '  - 0.75 KL(q(z) ‖ p(z))',
      '  - 2.25 N MMD²(q(z) ‖ p(z))',
    ]);
  });

  it('says nothing of divergences that it leaves out', () => {
    const z = plate('data', 2, sample('z', normal(0, 1)));
    const objective = infoVae({ lambda: 10, kernel: gaussianKernel(1), sites: ['z'] });
    expect(showDerivation(derive(z, z, objective))).toBe(
      [
        'InfoVAE =',
        '  - 10 N MMD²(q(z) ‖ p(z))',
        'estimated with 1 particle:',
        '  z ~ Normal for Normal',
        '    gradient: pathwise: Normal is reparameterised: the draw carries the gradient',
      ].join('\n'),
    );
  });

  it('takes a point mass for a guide, and sees sites in one set of plates', () => {
    const kernel = gaussianKernel(1);
    const points = plate('data', 3, sample('z', delta([0.1, 0.2, 0.3])));
    const prior = plate('data', 3, sample('z', normal(0, 1)));
    const given: NoiseSource = () => tf.tensor1d([1, -1, 0.5]);
    const result = estimateAt(prior, points, infoVae({ lambda: 2, kernel }), { noise: given });
    const by = (d: number): number => Math.exp(-d / 2);
    expectNear(result.value, -6 * discrepancy([[0.1], [0.2], [0.3]], [[1], [-1], [0.5]], by), 1e-5);
    const outside = program(function* () {
      yield* sample('w', normal(0, 1));
      yield* prior;
    });
    const objective = infoVae({ lambda: 2, kernel, particles: 2 });
    const any = { noise: keyedNoise(key(0)) };
    expect(() => estimateAt(outside, outside, objective, any)).toThrow('sites in the same plates');
    const one = { ...any };
    expect(() =>
      estimateAt(prior, prior, infoVae({ lambda: 2, kernel, sites: ['v'] }), one),
    ).toThrow("site 'v': expected a latent site");
    const alone = sample('w', normal(0, 1));
    expect(() => estimateAt(alone, alone, infoVae({ lambda: 2, kernel }), any)).toThrow(RangeError);
    expect(() => infoVae({ lambda: NaN, kernel })).toThrow('lambda to be a finite number');
  });
});
