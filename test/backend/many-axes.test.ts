/** Operands of more axes than XNNPACK broadcasts along: the same numbers on both portable backends. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  categorical,
  elbo,
  key,
  normal,
  observe,
  program,
  sample,
  sgd,
  svi,
  useBackend,
} from 'marginalia';
import { enumerate } from 'marginalia/handlers';
import { describe, expect, it } from 'vitest';

/** Axes of 2 or 1 by their places. */
const shapeOf = (axes: string): number[] => Array.from(axes, (c) => (c === '2' ? 2 : 1));

const valuesOf = (axes: string, from: number): number[] =>
  Array.from({ length: shapeOf(axes).reduce((a, b) => a * b, 1) }, (_, i) => from + (i % 7) / 3);

/** f at every place, by the bits of its number. */
const expected = (a: string, b: string, f: (x: number, y: number) => number): number[] => {
  const rank = Math.max(a.length, b.length);
  const [left, right] = [a.padStart(rank, '1'), b.padStart(rank, '1')];
  const at = (axes: string, index: number[]): number =>
    index.reduce((flat, i, axis) => (axes[axis] === '2' ? 2 * flat + i : flat), 0);
  const own =
    (axes: string, from: number) =>
    (index: number[]): number =>
      from + (at(axes, index) % 7) / 3;
  const [x, y] = [own(left, 1), own(right, 3)];
  const out = Array.from({ length: rank }, (_, i) => (left[i] === '2' || right[i] === '2' ? 2 : 1));
  const all = out.reduce<number[][]>(
    (so, n) => so.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]],
  );
  return all.map((index) => f(x(index), y(index)));
};

const operations: readonly (readonly [
  string,
  (a: Tensor, b: Tensor) => Tensor,
  (a: number, b: number) => number,
])[] = [
  ['add', tf.add, (a, b) => a + b],
  ['sub', tf.sub, (a, b) => a - b],
  ['mul', tf.mul, (a, b) => a * b],
  ['div', tf.div, (a, b) => a / b],
  ['squaredDifference', tf.squaredDifference, (a, b) => (a - b) ** 2],
  ['maximum', tf.maximum, Math.max],
  ['pow', tf.pow, (a, b) => a ** b],
];

/** The last two change what varies at every axis: there are eight kinds in a row. */
const operands = [
  ['22222222', '22222222'],
  ['12222222', '21111112'],
  ['2111', '11122222'],
  ['2', '22222222'],
  ['21212121', '12121212'],
  ['12121212', '2121212'],
] as const;

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  it.each(operations)('%s broadcasts along eight axes', async (_, f, number) => {
    await useBackend(backend)();
    for (const [a, b] of operands) {
      const made = tf.tidy(() =>
        Array.from(
          f(
            tf.tensor(valuesOf(a, 1), shapeOf(a)),
            tf.tensor(valuesOf(b, 3), shapeOf(b)),
          ).dataSync(),
        ),
      );
      expect(made).toEqual(
        expected(a, b, number).map((x) => expect.closeTo(x, Math.abs(x) > 100 ? 0 : 4)),
      );
    }
  });

  it('eight sites are summed over at once', async () => {
    await useBackend(backend)();
    const sites = Array.from({ length: 8 }, (_, i) => `z${i}`);
    const drawn = (logit: number) =>
      program(function* () {
        let total: Tensor = tf.scalar(0);
        for (const name of sites) {
          total = tf.add(total, yield* sample(name, categorical({ logits: [0, logit] })));
        }
        return total;
      });
    const model = program(function* () {
      yield* observe('x', normal(yield* drawn(0), 1), 3);
    });
    // How many of the sites are 1 is binomial.
    const ways = [1, 8, 28, 56, 70, 56, 28, 8, 1];
    const density = (k: number): number => Math.exp(-((3 - k) ** 2) / 2) / Math.sqrt(2 * Math.PI);
    const evidence = ways.reduce((so, n, k) => so + (n / 256) * density(k), 0);
    expect(enumerate(model).logEvidence.dataSync()[0]).toBeCloseTo(Math.log(evidence), 5);
    const inference = svi({
      model: () => model,
      guide: () => drawn(0),
      objective: elbo({ particles: 2 }),
      optimizer: sgd(0.1),
    });
    // The guide is the prior: its bound is the mean of the log density.
    const bound = ways.reduce((so, n, k) => so + (n / 256) * Math.log(density(k)), 0);
    const [, { loss }] = inference.step(inference.init(key(0)), undefined);
    expect(loss.dataSync()[0]).toBeCloseTo(-bound, 4);
  });
});
