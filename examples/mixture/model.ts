/** A mixture of normals, z ~ Categorical(π), x | z ~ N(μ_z, diag σ_z²), and three ways to its parameters. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  categorical,
  condition,
  cosineDecay,
  elbo,
  independent,
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
import { dense } from 'marginalia/nn';

/** π, μ and σ; where the components begin tells them apart. */
const components = program(function* () {
  return {
    logits: yield* param('mixture/logits', [0, 0]),
    loc: yield* param('mixture/loc', [
      [-1, -1],
      [1, 1],
    ]),
    scale: yield* param('mixture/scale', tf.ones([2, 2]), { support: positive }),
  };
});

const model = (x: Tensor) => {
  const row = program(function* () {
    const { logits, loc, scale } = yield* shared(components);
    const k = tf.cast(yield* sample('z', categorical({ logits })), 'int32');
    yield* sample('x', independent(normal(tf.gather(loc, k), tf.gather(scale, k))));
  });
  return condition(plate('rows', x.shape[0] ?? 0, row), { x });
};

/** q(z | x): the posterior of a mixture is the softmax of a quadratic, so that the bound can be tight. */
const quadratic = dense('quadratic', { units: 2 });
const guide = (x: Tensor) =>
  plate(
    'rows',
    x.shape[0] ?? 0,
    program(function* () {
      const logits = yield* quadratic(tf.concat([x, tf.square(x)], -1));
      yield* sample('z', categorical({ logits }));
    }),
  );

/** The bound with z summed over, or with scores of draws of z. */
export const byBound = (discrete: 'enumerate' | 'score', steps: number) =>
  svi({
    model,
    guide,
    objective: elbo({ discrete, particles: discrete === 'score' ? 8 : 1 }),
    optimizer: adam(cosineDecay(0.05, steps)),
  });

/** Expectation maximisation: who belongs where, then the moments of each component. */
export const byEm = () =>
  assign((x: Tensor) =>
    program(function* () {
      const { logits, loc, scale } = yield* components;
      const rows = tf.expandDims(x, 1);
      const logJoint = tf.add(tf.logSoftmax(logits), independent(normal(loc, scale)).logProb(rows));
      const share = tf.expandDims(tf.softmax(logJoint), -1);
      const count = tf.sum(share, 0);
      const mean = tf.div(tf.sum(tf.mul(share, rows), 0), count);
      const square = tf.sum(tf.mul(share, tf.square(tf.sub(rows, mean))), 0);
      return {
        'mixture/logits': tf.log(tf.squeeze(count, [-1])),
        'mixture/loc': mean,
        'mixture/scale': tf.sqrt(tf.div(square, count)),
      };
    }),
  );
