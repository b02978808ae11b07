/** Programs that the tests of `lint` share. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  bernoulli,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
} from 'marginalia';

/** z ~ N(0, 1), x ~ N(z, noise). */
export const pair = (x = 1, noise = 1) =>
  program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* observe('x', normal(z, noise), x);
  });
/** z ~ N(0, 1), and an observation that nobody visits. */
export const unvisited = program(function* () {
  const z = yield* sample('z', normal(0, 1));
  observe('x', normal(z, 1), 1);
});
export const free = (scale = 1, loc = 0) =>
  program(function* () {
    const m = yield* param('loc', loc);
    yield* sample('z', normal(m, yield* param('scale', scale, { support: positive })));
  });
export const coin = program(function* () {
  const z = yield* sample('z', bernoulli({ probs: 0.5 }));
  yield* observe('x', normal(z, 1), 2);
});
export const coinGuide = program(function* () {
  yield* sample('z', bernoulli({ logits: yield* param('logits', 0) }));
});

/** Codes z of data x, one for each row. */
export const codes = (x: Tensor) =>
  program(function* () {
    const noise = yield* param('noise', 1, { support: positive });
    yield* plate(
      'data',
      x.shape[0] ?? 0,
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        yield* observe('x', normal(z, noise), x);
      }),
    );
  });
export const encoded = (x: Tensor) =>
  program(function* () {
    const slope = yield* param('slope', 0);
    const scale = yield* param('scale', 0.7, { support: positive });
    yield* plate('data', x.shape[0] ?? 0, sample('z', normal(tf.mul(slope, x), scale)));
  });
export const batch = tf.tensor1d([0.5, -1, 2, 0.3]);

export const globalMean = (size: number, indices?: Tensor) => (x: Tensor) =>
  program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* plate('data', { size, ...(indices && { indices }) }, observe('x', normal(z, 1), x));
  });

/** Rows of effects, drawn by the engine; `follow` gathers the data with them. */
export const effects = (follow: boolean) => (x: Tensor) =>
  plate('data', { size: 8, subsample: 4 }, (rows) =>
    program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* observe('x', normal(z, 1), follow ? tf.gather(x, rows) : x);
    }),
  );
export const perRow = () =>
  plate(
    'data',
    { size: 8, subsample: 4 },
    program(function* () {
      yield* sample('z', normal(yield* param('loc', 0), 1));
    }),
  );
export const eight = tf.tensor1d([1, 2, 3, 4, 5, 6, 7, 8]);

export const pooledModel = (of: (z: Tensor) => Tensor) => (x: Tensor) =>
  plate(
    'data',
    4,
    program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* observe('x', normal(of(z), 1), x);
    }),
  );
