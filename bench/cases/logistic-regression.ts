/** Bayesian logistic regression on data drawn from its own model. */
import * as tf from '@tensorflow/tfjs';
import {
  adam,
  bernoulli,
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
import { randomBernoulli, randomNormal } from 'marginalia/random';
import { type NumberArrays, at } from '../contenders/arrays.js';
import type { LogisticRegressionCase } from '../case.js';
import type { Batch, Study } from '../study.js';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Rows of standard normals, weights of size 0.3, and labels drawn from them; in minibatches. */
const minibatches = ({ rows, columns, batch }: LogisticRegressionCase): readonly NumberArrays[] => {
  const seed = key(3);
  const x = randomNormal(foldIn(seed, 'x'), rows * columns);
  const weights = randomNormal(foldIn(seed, 'weights'), columns).map((w) => 0.3 * w);
  const chances = Float32Array.from({ length: rows }, (_, i) =>
    sigmoid(weights.reduce((sum, w, j) => sum + w * (x[i * columns + j] ?? 0), 0)),
  );
  const y = randomBernoulli(foldIn(seed, 'y'), chances);
  return Array.from({ length: rows / batch }, (_, b) => {
    const [from, to] = [b * batch, (b + 1) * batch];
    return {
      rows: { shape: [batch], values: Int32Array.from({ length: batch }, (_i, i) => from + i) },
      x: { shape: [batch, columns], values: x.slice(from * columns, to * columns) },
      y: { shape: [batch], values: y.slice(from, to) },
    };
  });
};

const model = ({ rows, columns }: LogisticRegressionCase, batch: Batch) =>
  program(function* () {
    const weights = yield* sample('weights', independent(expand(normal(0, 1), [columns])));
    const logits = tf.reshape(tf.matMul(at(batch, 'x'), tf.reshape(weights, [columns, 1])), [-1]);
    yield* plate(
      'rows',
      { size: rows, indices: at(batch, 'rows') },
      observe('y', bernoulli({ logits }), at(batch, 'y')),
    );
  });

const guide = ({ columns }: LogisticRegressionCase) =>
  program(function* () {
    const loc = yield* param('loc', tf.zeros([columns]));
    const scale = yield* param('scale', tf.fill([columns], 0.1), { support: positive });
    yield* sample('weights', independent(normal(loc, scale)));
  });

export const logisticRegressionStudy = (of: LogisticRegressionCase): Study => ({
  inference: svi({
    model: (batch: Batch) => model(of, batch),
    guide: () => guide(of),
    objective: elbo(),
    optimizer: adam(of.rate),
  }),
  batches: () => minibatches(of),
});
