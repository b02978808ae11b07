/** A plate visits something: none of its elements is a mistake on every backend. */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type Tensor,
  derive,
  elbo,
  factor,
  independent,
  key,
  logDensity,
  normal,
  observe,
  plate,
  sample,
  sgd,
  simulate,
  svi,
  useBackend,
} from 'marginalia';
import { enumerate } from 'marginalia/handlers';
import { of } from 'marginalia/monad';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const none = (): Tensor => tf.tensor1d([], 'int32');

const empty: readonly (readonly [string, () => Program<unknown, unknown>, RegExp])[] = [
  [
    'empty indices',
    () => plate('d', { size: 3, indices: none() }, observe('x', normal(0, 1), tf.tensor1d([]))),
    /plate 'd': expected indices of at least one element, but got none/,
  ],
  [
    'empty indices of an inner plate',
    () => plate('e', 2, plate('d', { size: 3, indices: none() }, observe('x', normal(0, 1), 0))),
    /plate 'd': expected indices of at least one element/,
  ],
  [
    'the rows of a batch that has none',
    () => {
      const x = tf.zeros([0, 4]);
      return plate('d', x.shape[0] ?? 0, observe('x', independent(normal(tf.zeros([4]), 1)), x));
    },
    /plate 'd': expected a size of at least 1, but got 0/,
  ],
  [
    'a subsample of none',
    () => plate('d', { size: 3, subsample: 0 }, observe('x', normal(0, 1), 0)),
    /plate 'd': expected a subsample of 1 to 3, but got 0/,
  ],
  [
    'a law without a batch entry in a plate of some',
    () => plate('d', 3, observe('x', normal(tf.tensor1d([]), 1), tf.tensor1d([]))),
    /site 'x'.*expected a law of at least one number, but got Normal of shape \[0\]/,
  ],
  [
    'a law without an entry',
    () => observe('x', independent(normal(tf.tensor1d([]), 1)), tf.tensor1d([])),
    /site 'x'.*a law of at least one number, but got Independent\(Normal\) of shape \[0\]/,
  ],
  ['a factor without an entry', () => factor('f', tf.tensor1d([])), /site 'f'.*but got \[0\]/],
];

describe.each(['wasm', 'cpu'] as const)('nothing to visit, on %s', (backend) => {
  beforeAll(() => useBackend(backend)());
  afterAll(() => useBackend('wasm')());

  it.each(empty)('is a mistake: %s', (_, make, message) => {
    const inference = () =>
      svi({ model: make, guide: () => of({}), objective: elbo(), optimizer: sgd(1) });
    expect(() => logDensity(make(), {})).toThrow(message);
    expect(() => enumerate(make())).toThrow(message);
    expect(() => derive(make(), of({}), elbo())).toThrow(message);
    expect(() => inference().init(key(0), undefined)).toThrow(message);
  });

  it('is a mistake where values are drawn, too', () => {
    expect(() =>
      simulate(plate('d', { size: 3, indices: none() }, sample('z', normal(0, 1))), {
        key: key(0),
      }),
    ).toThrow(/at least one element/);
    expect(() => simulate(sample('z', normal(tf.tensor1d([]), 1)), { key: key(0) })).toThrow(
      /at least one number/,
    );
  });
});
