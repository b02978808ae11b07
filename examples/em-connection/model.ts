/** A mixture of two normals on a line, its bound, and the two steps that raise it in turn. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  categorical,
  condition,
  elbo,
  normal,
  param,
  plate,
  positive,
  program,
  sample,
  shared,
  svi,
} from 'marginalia';
import { assign } from 'marginalia/inference';

const mixture = program(function* () {
  return {
    logits: yield* param('mixture/logits', [0, 0]),
    loc: yield* param('mixture/loc', [-0.2, 0.2]),
    scale: yield* param('mixture/scale', [1, 1], { support: positive }),
  };
});

const model = (x: Tensor) => {
  const row = program(function* () {
    const { logits, loc, scale } = yield* shared(mixture);
    const k = tf.cast(yield* sample('z', categorical({ logits })), 'int32');
    yield* sample('x', normal(tf.gather(loc, k), tf.gather(scale, k)));
  });
  return condition(plate('rows', x.shape[0] ?? 0, row), { x });
};

/** q(z_i): two numbers of its own for each datum. */
const guide = (x: Tensor) =>
  plate(
    'rows',
    x.shape[0] ?? 0,
    program(function* () {
      yield* sample('z', categorical({ logits: yield* param('q/logits', [0, 0]) }));
    }),
  );

/** The bound of all data, z summed over; it trains nothing. */
export const bound = svi({ model, guide, objective: elbo() });

const logJoint = (x: Tensor) =>
  program(function* () {
    const { logits, loc, scale } = yield* mixture;
    return tf.add(tf.logSoftmax(logits), normal(loc, scale).logProb(tf.expandDims(x, -1)));
  });

/** E: of all q the posterior has the highest bound, log p(x). */
export const eStep = assign((x: Tensor) =>
  program(function* () {
    yield* param('q/logits', tf.zeros([x.size, 2]));
    return { 'q/logits': yield* logJoint(x) };
  }),
);

/** M: of all π, μ and σ the moments under q have. */
export const mStep = assign((x: Tensor) =>
  program(function* () {
    yield* mixture;
    const share = tf.softmax(yield* param('q/logits', tf.zeros([x.size, 2])));
    const count = tf.sum(share, 0);
    const rows = tf.expandDims(x, -1);
    const mean = tf.div(tf.sum(tf.mul(share, rows), 0), count);
    const square = tf.sum(tf.mul(share, tf.square(tf.sub(rows, mean))), 0);
    return {
      'mixture/logits': tf.log(count),
      'mixture/loc': mean,
      'mixture/scale': tf.sqrt(tf.div(square, count)),
    };
  }),
);
