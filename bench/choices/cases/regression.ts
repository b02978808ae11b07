/** A small network with normal errors, all of whose weights are parameters. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  elbo,
  foldIn,
  key,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  shared,
  svi,
} from 'marginalia';
import { of as pure } from 'marginalia/monad';
import { mlp } from 'marginalia/nn';
import { randomNormal } from 'marginalia/random';
import { at } from '../../contenders/arrays.js';
import type { Batch, Study } from '../../study.js';

export interface RegressionSizes {
  readonly rows: number;
  readonly columns: number;
  readonly batch: number;
  readonly hidden: readonly number[];
}

const row = ({ hidden }: RegressionSizes, x: Tensor, y: Tensor) =>
  program(function* () {
    const mean = yield* mlp('net', { hidden: [...hidden], out: 1 })(x);
    const scale = yield* shared(param('scale', 1, { support: positive }));
    yield* observe('y', normal(tf.squeeze(mean, [-1]), scale), y);
  });

export const regressionStudy = (sizes: RegressionSizes): Study => ({
  inference: svi({
    model: (b: Batch) =>
      plate(
        'rows',
        { size: sizes.rows, indices: at(b, 'rows') },
        row(sizes, at(b, 'x'), at(b, 'y')),
      ),
    guide: () => pure({}),
    objective: elbo(),
    optimizer: adam(1e-3),
  }),
  batches: () =>
    Array.from({ length: sizes.rows / sizes.batch }, (_, i) => {
      const { batch, columns } = sizes;
      return {
        rows: {
          shape: [batch],
          values: Int32Array.from({ length: batch }, (_x, k) => i * batch + k),
        },
        x: {
          shape: [batch, columns],
          values: randomNormal(foldIn(foldIn(key(8), i), 'x'), batch * columns),
        },
        y: { shape: [batch], values: randomNormal(foldIn(foldIn(key(8), i), 'y'), batch) },
      };
    }),
});
