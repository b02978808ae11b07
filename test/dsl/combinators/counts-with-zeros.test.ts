/** Zero inflation and hurdles: chances in double precision, draws above 0, edges. */
import * as tf from '@tensorflow/tfjs';
import { type Distribution, type Tensor, bernoulli, mask, normal } from 'marginalia';
import { grad } from 'marginalia/autodiff';
import {
  type Integers,
  betaBinomial,
  binomial,
  discreteUniform,
  geometric,
  hurdle,
  negativeBinomial2,
  poisson,
  zeroInflated,
  zeroInflatedNegativeBinomial2,
  zeroInflatedPoisson,
} from 'marginalia/distributions';
import { describe, expect, it } from 'vitest';
import { noiseFor } from '../../../src/testing/distributions/subject.js';
import { mean, variance } from '../../../src/testing/statistics/numbers.js';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];
const first = (x: Tensor | undefined): number => numbers(x)[0] ?? Number.NaN;

const near = (received: number, wanted: number, slack = 2e-6): void =>
  expect(Math.abs(received - wanted), `${received} for ${wanted}`).toBeLessThanOrEqual(
    slack * (1 + Math.abs(wanted)),
  );

const at = (d: Distribution, ...values: readonly number[]): readonly number[] =>
  numbers(d.logProb(tf.tensor1d([...values])));

describe('log p is the formula, in double precision, of', () => {
  const [g, rate] = [0.3, 1.7];
  it('a zero-inflated law', () => {
    const [none = NaN, two = NaN] = at(zeroInflated(poisson(rate), { gate: g }), 0, 2);
    near(none, Math.log(g + (1 - g) * Math.exp(-rate)));
    near(two, Math.log((1 - g) * Math.exp(-rate) * (rate ** 2 / 2)));
    const logits = Math.log(g / (1 - g));
    near(first(zeroInflatedPoisson(rate, { gateLogits: logits }).logProb(tf.scalar(0))), none);
    const [own = NaN] = at(zeroInflatedNegativeBinomial2(2, 0.5, { gate: g }), 0);
    near(own, Math.log(g + (1 - g) * 0.2 ** 0.5));
  });

  it('a law behind a hurdle, of which next to nothing is above 0 as well', () => {
    const [none = NaN, two = NaN] = at(hurdle(poisson(rate), { gate: g }), 0, 2);
    near(none, Math.log(g));
    near(two, Math.log(((1 - g) * (rate ** 2 / 2)) / Math.expm1(rate)));
    const small = Math.fround(1e-6);
    const rare = hurdle(poisson(small), { gate: g });
    near(first(rare.logProb(tf.scalar(1))), Math.log1p(-g) - small / 2, 1e-6);
    near(first(rare.mean?.()), 1 - g, 1e-6);
  });

  it('a share behind a hurdle of which next to nothing is above 0', () => {
    const [small, g0] = [Math.fround(1e-6), Math.fround(0.3)];
    const rare = hurdle(poisson(small), { gate: g0 });
    // Of what is above 0, all but a half of the rate is 1.
    const shares = numbers(rare.cdf?.(tf.tensor1d([-1, 0, 0.5, 1, 2])));
    [0, g0, g0, 1 - ((1 - g0) * small) / 2, 1].forEach((wanted, i) =>
      near(shares[i] ?? NaN, wanted, 1e-7),
    );
  });

  it('logits far out, where chances round away', () => {
    const rare = zeroInflated(poisson(100), { gateLogits: -50 });
    near(first(rare.logProb(tf.scalar(0))), -50 + Math.log1p(Math.exp(-50)), 1e-6);
    near(first(hurdle(poisson(3), { gateLogits: 90 }).logProb(tf.scalar(0))), 0);
    near(
      first(hurdle(poisson(3), { gateLogits: 90 }).logProb(tf.scalar(1))),
      -90 + Math.log(3 / Math.expm1(3)),
    );
  });
});

describe('counts above 0', () => {
  // 1000 draws each: means within six standard errors, which a sound sampler leaves once in 10⁸ runs.
  it.each<readonly [string, Distribution<Integers<0, number>>]>([
    ['Poisson, mostly 0', poisson(0.02)],
    ['Poisson, never 0', poisson(50)],
    ['Poisson, all but always 0', poisson(1e-6)],
    ['negative binomial', negativeBinomial2(0.7, 0.2)],
    ['negative binomial of large counts', negativeBinomial2(400, 3)],
    ['binomial', binomial([30], { probs: 0.01 })],
    ['listed', betaBinomial(0.4, 3, 6)],
    ['geometric', geometric({ probs: 0.4 })],
  ])('of a law that is %s', (_, base) => {
    const d = hurdle(base, { gate: 0 });
    const z = numbers(d.sampler.draw(noiseFor(d, [1000], 8)).value);
    expect(z.every((k) => Number.isInteger(k) && k >= 1)).toBe(true);
    const deviation = Math.sqrt(Math.max(variance(z), first(d.variance?.()), 1e-6));
    expect(Math.abs(mean(z) - first(d.mean?.()))).toBeLessThan((6 * deviation) / Math.sqrt(1000));
  });
});

describe('at the edges', () => {
  it('a gate of 0 leaves the base and keeps its slope, one of 1 leaves 0', () => {
    const slope = grad((gate: Tensor) =>
      tf.sum(zeroInflated(poisson(2), { gate }).logProb(tf.scalar(0))),
    );
    near(first(zeroInflated(poisson(2), { gate: 0 }).logProb(tf.scalar(0))), -2);
    near(first(slope(tf.scalar(0))), Math.expm1(2), 1e-5);
    expect(at(zeroInflated(poisson(2), { gate: 1 }), 0, 1)).toEqual([0, -Infinity]);
    expect(at(hurdle(poisson(2), { gate: 1 }), 0, 1)).toEqual([0, -Infinity]);
    expect(at(hurdle(poisson(2), { gate: 0.5 }), -1, -3)).toEqual([-Infinity, -Infinity]);
    for (const d of [
      zeroInflated(poisson(2), { gate: 0.5 }),
      hurdle(binomial(3, { probs: 0.5 }), { gate: 0.5 }),
    ]) {
      const slopes = grad((z: Tensor) => tf.sum(d.logProb(z)))(tf.tensor1d([-1, 0, 3, 9]));
      expect(numbers(slopes).every(Number.isFinite)).toBe(true);
      if (d.cdf) expect(numbers(d.cdf(tf.tensor1d([-1, -0.5])))).toEqual([0, 0]);
    }
  });

  it('values of a base that lists its own are listed', () => {
    expect(zeroInflated(bernoulli({ probs: 0.5 }), { gate: 0.2 }).sampler.gradient).toBe(
      'enumerable',
    );
    expect(hurdle(binomial(3, { logits: 0 }), { gate: 0.2 }).sampler.enumeration?.count).toBe(4);
    expect(hurdle(poisson(1), { gate: 0.2 }).sampler.gradient).toBe('score');
  });

  it('what is no law of counts is refused', () => {
    const wrong = (make: () => unknown, says: RegExp): void => expect(make).toThrow(says);
    // @ts-expect-error: no counts.
    wrong(() => hurdle(normal(0, 1), { gate: 0.5 }), /a law of counts, whole numbers from 0 up/);
    // @ts-expect-error: no zero.
    wrong(() => hurdle(discreteUniform(1, 3), { gate: 0.5 }), /but got one on integers\(1\.\.3\)/);
    wrong(() => hurdle(mask(poisson(1), 1), { gate: 0.5 }), /mask the whole: mask\(hurdle/);
    wrong(
      () => zeroInflated(poisson(1), { gate: 1.5 }),
      /zeroInflated: expected gate to be from 0 to 1/,
    );
    // @ts-expect-error: a chance without its name.
    wrong(() => zeroInflated(poisson(1), 0.5), /\{ gate \} or \{ gateLogits \}, but got 0.5/);
    const { aboveZero: _, ...sampler } = poisson(1).sampler;
    wrong(() => hurdle({ ...poisson(1), sampler }, { gate: 0.5 }), /or your sampler an aboveZero/);
  });
});
