/** Models, guides and objectives of which the gradient law has something to say. */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Program,
  type Tensor,
  bernoulli,
  categorical,
  independent,
  iwae,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  shared,
  stopGradient,
} from 'marginalia';
import { mlp } from 'marginalia/nn';
import { type Joint, logWeights, sumOverData } from 'marginalia/objectives';

type AnyProgram = Program<unknown, unknown>;

/** z ~ N(mean, 1), x = 5 ~ N(z, 1), with a normal guide. */
export const gaussian = {
  model: program(function* () {
    const z = yield* sample('z', normal(yield* param('mean', 0.2), 1));
    yield* observe('x', normal(z, 1), 5);
  }),
  guide: program(function* () {
    const scale = yield* param('scale', 1, { support: positive });
    yield* sample('z', normal(yield* param('loc', 2), scale));
  }),
};

/** A bit and a class that depends on it. */
export const finite = {
  model: program(function* () {
    const b = yield* sample('b', bernoulli({ logits: yield* param('prior', 0.3) }));
    const c = yield* sample('c', categorical({ logits: [0.1, 0.5, -1] }));
    yield* observe('x', normal(tf.add(b, c), 1), 1.5);
  }),
  guide: program(function* () {
    const b = yield* sample('b', bernoulli({ logits: yield* param('logits', 0.5) }));
    const shift = tf.mul(tf.expandDims(b, -1), [1, 0, 0.5]);
    const logits = tf.add(yield* param('classes', [0.1, -0.2, 0.4]), shift);
    yield* sample('c', categorical({ logits }));
  }),
};

/** A bit and a number. */
export const mixed = {
  model: program(function* () {
    const b = yield* sample('b', bernoulli({ logits: 0.4 }));
    const z = yield* sample('z', normal(b, 1));
    yield* observe('x', normal(z, yield* param('noise', 0.8, { support: positive })), 0.7);
  }),
  guide: program(function* () {
    const b = yield* sample('b', bernoulli({ logits: yield* param('logits', -0.5) }));
    yield* sample('z', normal(tf.add(yield* param('loc', 0.2), tf.mul(b, 0.5)), 0.7));
  }),
};

const rows = tf.tensor2d(
  Array.from({ length: 30 }, (_, i) => Math.sin(7 * i + 1)),
  [6, 5],
);

/** A small VAE with the given activation. */
export const autoencoder = (activation: 'relu' | 'tanh') => ({
  model: plate(
    'data',
    6,
    program(function* () {
      const z = yield* sample('z', independent(normal(tf.zeros([2]), 1)));
      const decode = mlp('decoder', { hidden: [16], out: 5, activation });
      yield* observe('x', independent(normal(yield* shared(decode(z)), 0.5)), rows);
    }),
  ),
  guide: plate(
    'data',
    6,
    program(function* () {
      const encode = mlp('encoder', { hidden: [16], out: 4, activation });
      const [loc, logScale] = tf.split(yield* shared(encode(rows)), 2, -1);
      yield* sample('z', independent(normal(loc ?? 0, tf.exp(logScale ?? 0))));
    }),
  ),
});

/** A mean that groups share, and theirs. */
export const hierarchy = {
  model: program(function* () {
    const mean = yield* sample('mean', normal(yield* param('centre', 0.3), 1));
    const spread = yield* param('spread', 0.7, { support: positive });
    yield* plate(
      'groups',
      4,
      program(function* () {
        const z = yield* sample('z', normal(mean, spread));
        yield* observe('x', normal(z, 0.8), [1, 2, -1, 0.5]);
      }),
    );
  }),
  guide: program(function* () {
    const scale = yield* param('scale', 0.8, { support: positive });
    const mean = yield* sample('mean', normal(yield* param('loc', 0.1), scale));
    const locs = yield* param('locs', [0.2, 0.1, -0.3, 0.5]);
    const inner = yield* param('inner', 0.6, { support: positive });
    yield* plate('groups', 4, sample('z', normal(tf.add(locs, tf.mul(mean, 0.3)), inner)));
  }),
};

/** A program with the gradient of one parameter stopped, or of a share of it. */
export const stoppedAt = (inner: AnyProgram, name: string, share = 1): AnyProgram => ({
  *[Symbol.iterator]() {
    const visits = inner[Symbol.iterator]();
    let next = visits.next();
    while (next.done !== true) {
      const { instruction } = next.value;
      const answer: Tensor = yield next.value;
      const isIt = instruction.op === 'param' && instruction.name === name;
      const cut = (x: Tensor): Tensor =>
        tf.add(tf.mul(x, 1 - share), tf.mul(stopGradient(x), share));
      next = visits.next(isIt ? cut(answer) : answer);
    }
    return next.value;
  },
});

/** The importance-weighted bound as one would write it for draws that carry their gradient. */
export const withoutScore = (particles: number): Objective => ({
  ...iwae({ particles }),
  estimate: (joint: Joint) => {
    const mean = tf.sub(tf.logSumExp(logWeights(joint), 0), Math.log(particles));
    const value = sumOverData(joint, mean);
    return { value, surrogate: value, terms: {} };
  },
});
