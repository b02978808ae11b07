/**
 * Probabilistic matrix factorisation (Salakhutdinov and Mnih 2007) with one normal guide for each
 * user and item: ratings in minibatches, whose rows are gathered from tables.
 */
import * as tf from '@tensorflow/tfjs';
import {
  adam,
  elbo,
  expand,
  foldIn,
  independent,
  key,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  svi,
} from 'marginalia';
import { randomNormal, randomUniform } from 'marginalia/random';
import { at } from '../../contenders/arrays.js';
import type { Batch, Study } from '../../study.js';

export interface PmfSizes {
  readonly users: number;
  readonly items: number;
  readonly rank: number;
  readonly ratings: number;
  readonly batch: number;
}

const model = ({ users, items, rank, ratings }: PmfSizes, b: Batch) =>
  program(function* () {
    const factors = independent(expand(normal(0, 1), [rank]));
    const u = yield* plate('users', users, sample('u', factors));
    const v = yield* plate('items', items, sample('v', factors));
    const seen = (table: tf.Tensor, rows: string): tf.Tensor =>
      tf.gather(table, at(b, rows).as1D().toInt());
    const mean = tf.sum(tf.mul(seen(u, 'user'), seen(v, 'item')), -1);
    yield* plate(
      'ratings',
      { size: ratings, indices: at(b, 'rows') },
      observe('rating', normal(mean, 0.5), at(b, 'rating')),
    );
  });

/** Means that are not all the same, and scales of 0.1, by the name of a table. */
const table = <const N extends 'u' | 'v'>(name: N, rows: number, rank: number) =>
  program(function* () {
    const start = tf.tensor(randomNormal(foldIn(key(1), name), rows * rank), [rows, rank]);
    const loc = yield* param(`${name}/loc`, tf.mul(start, 0.1));
    const scale = yield* param(`${name}/scale`, tf.fill([rows, rank], 0.1), { support: positive });
    return independent(normal(loc, scale));
  });

const guide = ({ users, items, rank }: PmfSizes) =>
  program(function* () {
    const u = yield* table('u', users, rank);
    const v = yield* table('v', items, rank);
    yield* plate('users', users, sample('u', u));
    yield* plate('items', items, sample('v', v));
  });

export const pmfStudy = (sizes: PmfSizes): Study => ({
  inference: svi({
    model: (b: Batch) => model(sizes, b),
    guide: () => guide(sizes),
    objective: elbo(),
    optimizer: adam(0.01),
  }),
  batches: () =>
    Array.from({ length: 4 }, (_, i) => {
      const { users, items, batch } = sizes;
      const seed = foldIn(key(5), i);
      const among = (what: string, count: number): Int32Array =>
        Int32Array.from(randomUniform(foldIn(seed, what), batch), (x) => Math.floor(x * count));
      return {
        rows: {
          shape: [batch],
          values: Int32Array.from({ length: batch }, (_x, k) => i * batch + k),
        },
        user: { shape: [batch], values: among('user', users) },
        item: { shape: [batch], values: among('item', items) },
        rating: { shape: [batch], values: randomNormal(foldIn(seed, 'rating'), batch) },
      };
    }),
});
