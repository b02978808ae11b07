/** A hidden Markov model: its forward recursion over normal emissions, unrolled, as one factor. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  elbo,
  factor,
  key,
  param,
  plate,
  program,
  shared,
  svi,
} from 'marginalia';
import { of as pure } from 'marginalia/monad';
import { randomNormal } from 'marginalia/random';
import { at } from '../../contenders/arrays.js';
import type { Batch, Study } from '../../study.js';

export interface HmmSizes {
  readonly states: number;
  readonly length: number;
  readonly sequences: number;
}

const sequence = ({ states, length }: HmmSizes, x: Tensor) =>
  program(function* () {
    const start = tf.tensor(randomNormal(key(1), states * states), [states, states]);
    const moves = tf.logSoftmax(yield* shared(param('moves', start)));
    const loc = yield* shared(param('loc', tf.linspace(-1, 1, states)));
    // log p(x_t | k) but for a constant, [sequences, length, states].
    const emitted = tf.mul(-0.5, tf.square(tf.sub(tf.expandDims(x, -1), loc)));
    const steps = tf.unstack(emitted, 1);
    const forward = steps.reduce((alpha, e) =>
      tf.add(tf.logSumExp(tf.add(tf.expandDims(alpha, -1), moves), 1), e),
    );
    yield* factor('x', tf.sub(tf.logSumExp(forward, -1), Math.log(states)));
    return length;
  });

export const hmmStudy = (sizes: HmmSizes): Study => ({
  inference: svi({
    model: (b: Batch) => plate('sequences', sizes.sequences, sequence(sizes, at(b, 'x'))),
    guide: () => pure({}),
    objective: elbo(),
    optimizer: adam(0.01),
  }),
  batches: () => [
    {
      x: {
        shape: [sizes.sequences, sizes.length],
        values: randomNormal(key(7), sizes.sequences * sizes.length),
      },
    },
  ],
});
