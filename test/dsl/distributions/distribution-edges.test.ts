/** Distributions and special functions where numbers are extreme, and where shapes do not fit. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  bernoulli,
  bijectors,
  categorical,
  delta,
  expand,
  gamma,
  independent,
  mask,
  mixture,
  multivariateNormal,
  normal,
  stopGradient,
  transformed,
  uniform,
} from 'marginalia';
import { withGradient } from 'marginalia/autodiff';
import { realVector } from 'marginalia/distributions';
import { inverseSoftplus, logSigmoid, logSumExpLast, logit, softplus } from 'marginalia/tensors';
import { describe, expect, it } from 'vitest';
import { withoutGradient } from '../../../dsl/tensors/gradient.js';
import { logOrImpossible } from '../../../dsl/numerics/special.js';

const numbers = (x: Tensor): readonly number[] => [...x.dataSync()];

/** The gradient of Σ f at a vector. */
const gradient = (f: (x: Tensor) => Tensor, at: readonly number[]): readonly number[] =>
  numbers(tf.grad((x) => tf.sum(f(x)))(tf.tensor1d([...at])));

describe('normal', () => {
  it('keeps tiny and large scales, with finite gradients at its centre', () => {
    for (const scale of [1e-15, 1e15]) {
      const [logProb = NaN] = numbers(normal(3, scale).logProb(tf.scalar(3)));
      expect(logProb).toBeCloseTo(-Math.log(scale) - 0.5 * Math.log(2 * Math.PI), 4);
      const [dScale = NaN] = gradient((s) => normal(3, s).logProb(tf.scalar(3)), [scale]);
      expect(dScale * scale).toBeCloseTo(-1, 5);
      expect(gradient((m) => normal(m, scale).logProb(tf.scalar(3)), [3])).toEqual([0]);
    }
  });
});

describe('bernoulli', () => {
  it('keeps logits of ±100, in value and gradient', () => {
    const logits = [-100, 100];
    expect(numbers(bernoulli({ logits }).logProb(tf.tensor1d([1, 0])))).toEqual([-100, -100]);
    const [off = NaN, on = NaN] = numbers(bernoulli({ logits }).logProb(tf.tensor1d([0, 1])));
    expect(Math.max(Math.abs(off), Math.abs(on))).toBeLessThan(1e-40);
    expect(gradient((l) => bernoulli({ logits: l }).logProb(tf.scalar(1)), logits)).toEqual([1, 0]);
    const entropy = numbers(bernoulli({ logits }).entropy?.() ?? tf.scalar(NaN));
    entropy.forEach((h) => expect(Math.abs(h)).toBeLessThan(1e-37));
  });

  it('is certain at probabilities of 0 and 1', () => {
    const probs = [0, 1];
    const d = bernoulli({ probs });
    expect(numbers(d.logProb(tf.tensor1d([0, 1])))).toEqual([0, 0]);
    expect(numbers(d.logProb(tf.tensor1d([1, 0])))).toEqual([-Infinity, -Infinity]);
    expect(numbers(d.entropy?.() ?? tf.scalar(NaN)).map(Math.abs)).toEqual([0, 0]);
    expect(gradient((p) => bernoulli({ probs: p }).logProb(tf.tensor1d([0, 1])), probs)).toEqual([
      -1, 1,
    ]);
    expect(numbers(d.sampler.draw([tf.tensor1d([2 ** -33, 1 - 2 ** -24])]).value)).toEqual([0, 1]);
  });

  it('gives a grey value its cross entropy, by logits and by probabilities', () => {
    const expected = 0.25 * Math.log(0.8) + 0.75 * Math.log(0.2);
    for (const d of [bernoulli({ probs: 0.8 }), bernoulli({ logits: Math.log(4) })]) {
      expect(numbers(d.logProb(tf.scalar(0.25)))[0]).toBeCloseTo(expected, 5);
    }
  });
});

describe('categorical', () => {
  it('keeps logits of ±100', () => {
    const d = categorical({ logits: [100, -100] });
    expect(numbers(d.logProb(tf.tensor1d([0, 1])))).toEqual([0, -200]);
    expect(
      gradient((logits) => categorical({ logits }).logProb(tf.scalar(1)), [100, -100]),
    ).toEqual([-1, 1]);
  });

  it('gives a class of probability 0 no chance, no entropy and no NaN gradient', () => {
    const d = categorical({ probs: [0, 1, 1] });
    expect(numbers(d.logProb(tf.scalar(0)))).toEqual([-Infinity]);
    expect(numbers(d.entropy?.() ?? tf.scalar(NaN))[0]).toBeCloseTo(Math.log(2), 6);
    const slopes = gradient((probs) => categorical({ probs }).logProb(tf.scalar(1)), [0, 1, 1]);
    expect(slopes).toEqual([-0.5, 0.5, -0.5]);
  });

  it('has one class where there is one, and nothing but its classes', () => {
    expect(numbers(categorical({ logits: [3] }).logProb(tf.scalar(0)))).toEqual([0]);
    const outside = categorical({ probs: [1, 1] }).logProb(tf.tensor1d([-1, -0.5, 0.5, 2]));
    expect(new Set(numbers(outside))).toEqual(new Set([-Infinity]));
  });
});

describe('uniform', () => {
  it('has no density outside, and some at every draw that rounding allows', () => {
    const d = uniform(0, 1);
    expect(numbers(d.logProb(tf.tensor1d([-1e-30, 1.0001, Infinity, NaN])))).toEqual([
      -Infinity,
      -Infinity,
      -Infinity,
      -Infinity,
    ]);
    for (const low of [0, 1, 100]) {
      const extreme = uniform(low, low + 1);
      const draws = extreme.sampler.draw([tf.tensor1d([2 ** -33, 1 - 2 ** -24])]).value;
      expect(numbers(extreme.logProb(draws))).toEqual([0, 0]);
    }
  });

  it('gradients are those of the width inside and zero outside', () => {
    const at = tf.tensor1d([1, 9]);
    expect(gradient((high) => uniform(0, high).logProb(at), [4, 4])).toEqual([-0.25, 0]);
  });
});

describe('mask', () => {
  it('hides values that are infinite or NaN, and their gradients', () => {
    const value = tf.tensor1d([1, NaN, Infinity, -Infinity]);
    const keep = [1, 0, 0, 0];
    expect(numbers(mask(normal([0, 0, 0, 0], 1), keep).logProb(value)).slice(1)).toEqual([0, 0, 0]);
    const masked = (loc: Tensor): Tensor => mask(normal(loc, 1), keep).logProb(value);
    expect(gradient(masked, [0, 0, 0, 0])).toEqual([1, 0, 0, 0]);
    const inValue = tf.grad((v) => tf.sum(mask(normal(0, 1), keep).logProb(v)))(value);
    expect(numbers(inValue)).toEqual([-1, -0, -0, -0]);
  });

  it('hides them for vectors, images and classes', () => {
    const missing = tf.tensor2d([
      [0, 0],
      [NaN, NaN],
    ]);
    const vectors = mask(
      multivariateNormal([0, 0], {
        scaleTril: [
          [1, 0],
          [0, 1],
        ],
      }),
      [1, 0],
    );
    expect(numbers(vectors.logProb(missing))[1]).toBe(0);
    const inLoc = gradient(
      (s) => mask(transformed(normal(s, 1), bijectors.exp), [1, 0]).logProb(tf.tensor1d([1, -1])),
      [0, 0],
    );
    expect(inLoc).toEqual([0, 0]);
    const classes = mask(categorical({ logits: [0, 0] }), [1, 0]).logProb(tf.tensor1d([0, NaN]));
    expect(numbers(classes)[1]).toBe(0);
  });

  it('counts no entropy where nothing counts', () => {
    const entropy = mask(normal([0, 0], 1), [1, 0]).entropy?.() ?? tf.scalar(NaN);
    expect(numbers(entropy)[0]).toBeCloseTo(1.4189385, 6);
    expect(numbers(entropy)[1]).toBe(0);
  });
});

describe('mixture', () => {
  it('has finite gradients outside of all components and for a class without weight', () => {
    const outside = (logits: Tensor): Tensor =>
      mixture(categorical({ logits }), uniform([0, 1], [1, 2])).logProb(tf.scalar(5));
    expect(numbers(outside(tf.tensor1d([0, 0])))).toEqual([-Infinity]);
    expect(gradient(outside, [0, 1])).toEqual([0, 0]);
    const lost = gradient(
      (probs) => mixture(categorical({ probs }), normal([0, 1], 1)).logProb(tf.scalar(0)),
      [0, 1],
    );
    expect(lost.every(Number.isFinite)).toBe(true);
  });
});

describe('special functions', () => {
  it('softplus keeps its accuracy and its slope', () => {
    const [low = NaN, middle = NaN, high = NaN] = numbers(softplus(tf.tensor1d([-100, 0, 100])));
    expect(low).toBeGreaterThan(0);
    expect(middle).toBeCloseTo(Math.LN2, 6);
    expect(high).toBe(100);
    expect(numbers(softplus(tf.scalar(-20)))[0]).toBeCloseTo(Math.log1p(Math.exp(-20)), 14);
    const [below = NaN, at, above] = gradient(softplus, [-100, 0, 100]);
    expect(below).toBeGreaterThan(0);
    expect([at, above]).toEqual([0.5, 1]);
    expect(numbers(tf.grad(tf.grad((x) => softplus(x)))(tf.scalar(0)))).toEqual([0.25]);
    expect(numbers(logSigmoid(tf.scalar(-100)))).toEqual([-100]);
  });

  it('inverseSoftplus and logit invert, near 0 as well', () => {
    const y = [1e-10, 1e-3, 1, 50];
    numbers(softplus(inverseSoftplus(tf.tensor1d(y)))).forEach((back, i) =>
      expect(back / (y[i] ?? NaN)).toBeCloseTo(1, 5),
    );
    expect(numbers(logit(tf.tensor1d([0, 0.5, 1])))).toEqual([-Infinity, 0, Infinity]);
    expect(numbers(logit(tf.scalar(1e-20)))[0]).toBeCloseTo(Math.log(1e-20), 4);
  });

  it('logSumExpLast is not moved by size, and has gradients at −∞', () => {
    expect(
      numbers(
        logSumExpLast(
          tf.tensor2d([
            [1000, 1000],
            [-1000, -1000],
          ]),
        ),
      ),
    ).toEqual([1000, -1000].map((x) => Math.fround(x + Math.LN2)));
    expect(numbers(logSumExpLast(tf.tensor1d([-Infinity, -Infinity])))).toEqual([-Infinity]);
    expect(gradient(logSumExpLast, [-Infinity, 0])).toEqual([0, 1]);
    expect(gradient(logSumExpLast, [-Infinity, -Infinity])).toEqual([0, 0]);
  });

  it('logOrImpossible is the logarithm, with slope 0 at 0', () => {
    expect(numbers(logOrImpossible(tf.tensor1d([0, 1])))).toEqual([-Infinity, 0]);
    expect(gradient(logOrImpossible, [0, 2])).toEqual([0, 0.5]);
  });

  it('gradients by hand: another slope, none, and none of many', () => {
    const doubled = (x: Tensor): Tensor =>
      withGradient(
        x,
        (v) => tf.square(v),
        (dy, v) => tf.mul(dy, tf.mul(v, 10)),
      );
    expect(gradient(doubled, [3])).toEqual([30]);
    expect(gradient((x) => tf.mul(x, stopGradient(x)), [3])).toEqual([3]);
    const constant = (x: Tensor): Tensor => withoutGradient([x, x], ([a = x]) => tf.square(a));
    expect(gradient((x) => tf.add(constant(x), x), [3])).toEqual([1]);
  });
});

describe('what does not fit is refused', () => {
  const plain = normal([0, 0, 0], 1);
  const refused: readonly (readonly [string, () => unknown, RegExp])[] = [
    ['scales that do not broadcast', () => normal([0, 0], [1, 1, 1]), /Normal.*\[2\] and \[3\]/],
    [
      'a value over another batch',
      () => plain.logProb(tf.zeros([2])),
      /Normal: expected.*got \[2\]/,
    ],
    ['too few events', () => independent(plain).logProb(tf.zeros([1])), /Independent.*got \[1\]/],
    ['no events', () => independent(plain).logProb(tf.scalar(0)), /Independent.*got \[\]/],
    ['a rank above the batch', () => independent(plain, 2), /rank from 0.*batch shape \[3\]/],
    ['a negative rank', () => independent(plain, -1), /independent\(Normal, -1\)/],
    ['an expansion that shrinks', () => expand(plain, [1]), /expand.*\[3\].*got \[1\]/],
    ['a mask over another batch', () => mask(plain, [1, 0]), /mask.*\[3\] and \[2\]/],
    ['classes of a number', () => categorical({ logits: 0 }), /categorical.*single number/],
    [
      'a vector normal of a number',
      () => multivariateNormal(0, { covariance: [[1]] }),
      /loc.*number/,
    ],
    [
      'a factor of another order',
      () => multivariateNormal([0, 0], { scaleTril: [[1]] }),
      /scaleTril of shape \[\.\.\., 2, 2\].*got \[1, 1\]/,
    ],
    [
      'a covariance that is a vector',
      () => multivariateNormal([0, 0], { covariance: [1, 1] }),
      /covariance of shape/,
    ],
    [
      'log scales that would broadcast',
      () => multivariateNormal([0, 0], { logScale: [0], lower: [0] }),
      /logScale of shape \[\.\.\., 2\]/,
    ],
    [
      'too few lower entries',
      () => multivariateNormal([0, 0, 0], { logScale: [0, 0, 0], lower: [0] }),
      /lower of shape \[\.\.\., 3\]/,
    ],
    ['a probability above 1', () => bernoulli({ probs: 1.5 }), /bernoulli.*probs.*0 to 1.*got 1.5/],
    ['a negative weight', () => categorical({ probs: [-1, 1, 2] }), /categorical.*got -1 at \[0\]/],
    ['weights of 0', () => categorical({ probs: [0, 0] }), /not all 0, but got a sum of 0/],
    [
      'no finite class',
      () => categorical({ logits: [-Infinity] }),
      /a largest number of -Infinity/,
    ],
    [
      'a negative scale',
      () => normal(0, -5),
      /normal: expected scale.*positive.*got -5; use softplus/,
    ],
    ['a scale that float32 rounds to 0', () => normal(0, 1e-60), /scale.*got 0;/],
    ['a concentration below 0', () => gamma(-1, 1), /gamma.*concentration.*got -1/],
    ['an empty interval', () => uniform(1, 0), /uniform.*high - low.*got -1/],
    ['a loc that is no number', () => normal([0, NaN], 1), /loc.*finite.*got NaN at \[1\]/],
    [
      'a factor with numbers above its diagonal',
      () =>
        multivariateNormal([0, 0], {
          scaleTril: [
            [1, 2],
            [0, 1],
          ],
        }),
      /scaleTril.*lower triangular.*got 2 at \[0, 1\]/,
    ],
    ['a mixture of one', () => mixture(categorical({ logits: [0, 0] }), plain), /K = 2.*\[3\]/],
    [
      'a map that mixes no axes',
      () => transformed(normal(0, 1), bijectors.stickBreaking),
      /event of/,
    ],
    [
      'a map that needs more entries',
      () => transformed(independent(normal([0], 1)), bijectors.affine([0, 1], 1)),
      /event \[1\], but got \[2\]/,
    ],
    [
      'a point of other events',
      () => delta([0, 0], { support: realVector }).logProb(tf.zeros([3])),
      /Delta.*got \[3\]/,
    ],
  ];
  it.each(refused)('%s', (_, run, message) => {
    expect(run).toThrow(RangeError);
    expect(run).toThrow(message);
  });

  it('where the codomain ends a transformed law has no number', () => {
    expect(numbers(transformed(normal(0, 1), bijectors.exp).logProb(tf.scalar(-1)))).toEqual([NaN]);
  });
});

describe('a value that was rounded to a bound of its support', () => {
  it.each([
    [0, 1],
    [-1, 0],
    [-7.5, 1],
    [-3, 7],
    [1, 2],
    [-2, -1],
    [0.1, 0.3],
    [1000, 1001],
  ])('the bounds %d and %d have a density under a map onto what lies between', (low, high) => {
    const law = (loc: Tensor) => transformed(normal(loc, 1), bijectors.sigmoidTo(low, high));
    for (const bound of [low, high]) {
      const logProb = (loc: Tensor): Tensor => law(loc).logProb(tf.scalar(bound));
      expect(Number.isFinite(numbers(logProb(tf.scalar(0.5)))[0])).toBe(true);
      expect(gradient(logProb, [0.5]).every(Number.isFinite)).toBe(true);
      expect(gradient((z) => law(tf.scalar(0.5)).logProb(z), [bound])).toEqual([0]);
    }
    const [outside] = numbers(law(tf.scalar(0)).logProb(tf.scalar(high + 0.1)));
    expect(outside).toBeNaN();
  });

  it('so do a half line and the simplex', () => {
    for (const map of [bijectors.exp, bijectors.softplus]) {
      const logProb = (z: Tensor): Tensor => transformed(normal(0, 1), map).logProb(z);
      expect(Number.isFinite(numbers(logProb(tf.scalar(0)))[0])).toBe(true);
      expect(gradient(logProb, [0])).toEqual([0]);
    }
    const shares = transformed(independent(normal([0, 0], 1)), bijectors.stickBreaking);
    const slope = tf.grad((z: Tensor) => shares.logProb(z))(tf.tensor1d([0, 1, 0]));
    expect(numbers(slope).every(Number.isFinite)).toBe(true);
  });
});
