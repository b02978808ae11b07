/** ProdLDA (Srivastava and Sutton 2017, arXiv:1703.01488): topics of documents, words as counts. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  elbo,
  expand,
  factor,
  foldIn,
  independent,
  key,
  normal,
  param,
  plate,
  program,
  sample,
  shared,
  svi,
} from 'marginalia';
import { dense, mlp } from 'marginalia/nn';
import { randomNormal, randomUniform } from 'marginalia/random';
import { at } from '../../contenders/arrays.js';
import type { Batch, Study } from '../../study.js';

export interface LdaSizes {
  readonly words: number;
  readonly topics: number;
  readonly hidden: number;
  readonly batch: number;
}

const document = ({ words, topics }: LdaSizes, counts: Tensor) =>
  program(function* () {
    const start = tf.tensor(randomNormal(key(1), topics * words), [topics, words]);
    const z = yield* sample('z', independent(expand(normal(0, 1), [topics])));
    const topicWords = yield* shared(param('topics', tf.mul(start, 0.1)));
    const logits = tf.matMul(tf.softmax(z), topicWords);
    yield* factor('words', tf.sum(tf.mul(counts, tf.logSoftmax(logits)), -1));
  });

const code = ({ topics, hidden }: LdaSizes, counts: Tensor) =>
  program(function* () {
    const h = yield* mlp('encoder', { hidden: [hidden] })(tf.log1p(counts));
    const loc = yield* dense('loc', { units: topics })(h);
    const logScale = yield* dense('logScale', { units: topics })(h);
    yield* sample('z', independent(normal(loc, tf.exp(logScale))));
  });

export const ldaStudy = (sizes: LdaSizes): Study => ({
  inference: svi({
    model: (b: Batch) => plate('documents', sizes.batch, document(sizes, at(b, 'counts'))),
    guide: (b: Batch) => plate('documents', sizes.batch, code(sizes, at(b, 'counts'))),
    objective: elbo(),
    optimizer: adam(1e-3),
  }),
  batches: () =>
    Array.from({ length: 4 }, (_, i) => ({
      counts: {
        shape: [sizes.batch, sizes.words],
        values: randomUniform(foldIn(key(6), i), sizes.batch * sizes.words).map((u) =>
          Math.floor(-0.3 * Math.log(u)),
        ),
      },
    })),
});
