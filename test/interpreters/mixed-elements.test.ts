/** Sums over discrete sites in plates: exact where terms mix elements, element by element where they do not. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {
  type Tensor,
  bernoulli,
  categorical,
  derive,
  elbo,
  factor,
  normal,
  observe,
  plate,
  program,
  sample,
} from 'marginalia';
import { enumerate } from 'marginalia/handlers';
import { describe, expect, it } from 'vitest';

const COUNT = 4;
const PROBS = [0.2, 0.5, 0.7, 0.4];

const bits = plate('c', COUNT, sample('z', bernoulli({ probs: PROBS })));

/** Bits in a plate, and a term of them outside of it. */
const withTerm = (term: (z: Tensor) => Tensor) =>
  program(function* () {
    yield* factor('term', term(yield* bits));
  });

/** log Σ over all joint values of four bits. */
const byHand = (term: (z: readonly number[]) => number): number => {
  const all = Array.from({ length: 2 ** COUNT }, (_, i) => PROBS.map((__, k) => (i >> k) & 1));
  const chance = (z: readonly number[]): number =>
    z.reduce((so, on, k) => so * (on ? (PROBS[k] ?? NaN) : 1 - (PROBS[k] ?? NaN)), 1);
  return Math.log(all.reduce((sum, z) => sum + chance(z) * Math.exp(term(z)), 0));
};

const logZ = (model: Parameters<typeof enumerate>[0]): number =>
  enumerate(model).logEvidence.dataSync()[0] ?? NaN;

const at = (z: Tensor, i: number): Tensor => tf.squeeze(tf.slice(z, i, 1));

describe('terms that mix elements of a site', () => {
  it('are summed over all joint values, whichever two they take', () => {
    const pairs = fc.tuple(fc.nat(COUNT - 1), fc.nat(COUNT - 1), fc.integer({ min: -9, max: 9 }));
    fc.assert(
      fc.property(pairs, ([i, j, w]) => {
        const model = withTerm((z) => tf.mul(w, tf.mul(at(z, i), at(z, j))));
        expect(logZ(model)).toBeCloseTo(
          byHand((z) => w * (z[i] ?? NaN) * (z[j] ?? NaN)),
          4,
        );
      }),
      { seed: 4, numRuns: 20 },
    );
  });

  const terms: readonly (readonly [
    string,
    (z: Tensor) => Tensor,
    (z: readonly number[]) => number,
  ])[] = [
    [
      'only where exactly two are on',
      (z) => tf.mul(5, tf.cast(tf.equal(tf.sum(z), 2), 'float32')),
      (z) => (z.reduce((a, b) => a + b, 0) === 2 ? 5 : 0),
    ],
    [
      'only beyond a threshold',
      (z) => tf.relu(tf.sub(tf.sum(tf.slice(z, 1, 2)), 1.5)),
      ([, b = 0, c = 0]) => Math.max(0, b + c - 1.5),
    ],
    [
      'of one, chosen by another',
      (z) => tf.where(tf.greater(at(z, 1), 0.5), tf.mul(-3, at(z, 2)), tf.scalar(0)),
      ([, b = 0, c = 0]) => (b > 0.5 ? -3 * c : 0),
    ],
  ];
  it.each(terms)('%s', (_, term, exact) => {
    expect(logZ(withTerm(term))).toBeCloseTo(byHand(exact), 4);
  });

  it.each([
    ['before', (z: Tensor, next: Tensor) => tf.mul(z, next)],
    ['after', (z: Tensor, next: Tensor) => tf.mul(next, z)],
  ])('as neighbours in the plate itself, own element %s, with a score for a bound', (_, both) => {
    const model = program(function* () {
      const z = yield* bits;
      const next = tf.concat([tf.slice(z, 2, 2), tf.slice(z, 0, 2)]);
      yield* plate('c', COUNT, factor('term', tf.mul(-2, both(z, next))));
    });
    const exact = byHand(([a = 0, b = 0, c = 0, d = 0]) => -4 * (a * c + b * d));
    expect(logZ(model)).toBeCloseTo(exact, 4);
    const [latent] = derive(model, bits, elbo()).latents;
    expect(latent?.estimator.name).toBe('scoreFunction');
  });
});

describe('terms that take an element by a number', () => {
  const places = tf.range(0, COUNT, 1, 'int32');
  const weights = [1.5, -2, 0.7, 1];
  const bitsAt = (from: Tensor) =>
    program(function* () {
      const taken = tf.gather(yield* bits, tf.cast(from, 'int32'));
      yield* plate('c', COUNT, factor('term', tf.mul(weights, taken)));
    });
  const weighed = (z: readonly number[], by: number): number =>
    weights.reduce((sum, w, i) => sum + w * (z[(i + by) % COUNT] ?? NaN), 0);

  it('of another site are summed over all joint values, whatever its first value would say', () => {
    const model = program(function* () {
      const by = yield* sample('by', bernoulli({ probs: 0.3 }));
      yield* bitsAt(tf.mod(tf.add(places, by), COUNT));
    });
    const [stays, turns] = [0, 1].map((by) => byHand((z) => weighed(z, by)));
    const exact = Math.log(0.7 * Math.exp(stays ?? NaN) + 0.3 * Math.exp(turns ?? NaN));
    expect(logZ(model)).toBeCloseTo(exact, 4);
    const both = program(function* () {
      yield* sample('by', bernoulli({ probs: 0.5 }));
      yield* bits;
    });
    const estimators = derive(model, both, elbo()).latents.map(({ estimator }) => estimator.name);
    expect(estimators).toEqual(['enumeration', 'scoreFunction']);
  });

  it('of a batch have a score for a bound, for another batch may have others', () => {
    const [latent] = derive(bitsAt(places), bits, elbo()).latents;
    expect(latent?.estimator.name).toBe('scoreFunction');
    expect(logZ(bitsAt(places))).toBeCloseTo(
      byHand((z) => weighed(z, 0)),
      4,
    );
  });

  it('are apart where only what is of one element is chosen among', () => {
    const column = tf.tensor2d([1, 0, 0, 1], [COUNT, 1], 'int32');
    const model = program(function* () {
      const z = yield* bits;
      const rows = tf.stack([z, tf.neg(z)], 1);
      const taken = tf.squeeze(tf.gather(rows, column, 1, 1), [1]);
      yield* plate('c', COUNT, factor('term', tf.mul(weights, taken)));
    });
    const [latent] = derive(model, bits, elbo()).latents;
    expect(latent?.estimator.name).toBe('enumeration');
  });
});

describe('terms of one element each', () => {
  const SIZE = 30;
  const weights = tf.tensor2d([1, -1, 0.5, 2, 0, 1], [3, 2]);
  const means = [0, 1, 3];

  /** Means of a normal that come from classes by some way. */
  const ways: readonly (readonly [string, (k: Tensor) => Tensor])[] = [
    ['a gather', (k) => tf.gather(means, tf.cast(k, 'int32'))],
    [
      'one-hot rows and a product',
      (k) => tf.sum(tf.matMul(tf.oneHot(tf.cast(k, 'int32'), 3), weights), -1),
    ],
    [
      'concatenation, softmax and a norm',
      (k) => {
        const row = tf.concat([tf.expandDims(k, -1), tf.ones([SIZE, 2])], -1);
        return tf.norm(tf.softmax(row), 2, -1);
      },
    ],
    [
      'columns, running sums and a maximum',
      (k) => tf.max(tf.cumsum(tf.transpose(tf.tile(tf.expandDims(k, 0), [3, 1])), 1), 1),
    ],
    [
      'parts that are put together',
      (k) => tf.concat([tf.slice(k, 0, 10), tf.slice(k, 10, SIZE - 10)]),
    ],
    ['an order that is undone', (k) => tf.reverse(tf.reverse(k))],
    [
      'rows that are named',
      (k) => tf.gather(k, tf.add(tf.range(1, SIZE + 1, 1, 'int32'), tf.scalar(-1, 'int32'))),
    ],
    [
      'images by a filter',
      (k) =>
        tf.sum(
          tf.conv2d(
            tf.mul(tf.reshape(k, [SIZE, 1, 1, 1]), tf.ones([SIZE, 4, 4, 1])).as4D(SIZE, 4, 4, 1),
            tf.ones([2, 2, 1, 1]),
            1,
            'valid',
          ),
          [1, 2, 3],
        ),
    ],
  ];
  it.each(ways)('are summed element by element: by %s', (_, way) => {
    const classes = plate('data', SIZE, sample('k', categorical({ probs: [1, 2, 3] })));
    const model = program(function* () {
      const k = yield* classes;
      yield* plate('data', SIZE, observe('x', normal(way(k), 1), 0.5));
    });
    // All joint values would be 3³⁰.
    expect(Number.isFinite(logZ(model))).toBe(true);
    const [latent] = derive(model, classes, elbo()).latents;
    expect(latent?.estimator.name).toBe('enumeration');
  });
});
