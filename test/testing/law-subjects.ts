/** Models, guides and objectives that keep laws, and some with a mistake that a user could make. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Objective,
  type Tensor,
  bernoulli,
  elbo,
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
import type { Real } from 'marginalia/distributions';
import { estimateWeights, fromDraws } from 'marginalia/objectives';
import { type NoiseSource, keyedNoise } from 'marginalia/random';
import { blackBox } from 'marginalia/tensors';

/** z ~ N(0, 1), x = 5 ~ N(z, 1): the posterior is N(2.5, √½). */
export const logEvidence = -7.5155121;
export const conjugate = program(function* () {
  const z = yield* sample('z', normal(0, 1));
  yield* observe('x', normal(z, 1), 5);
});
export const posterior = sample('z', normal(2.5, Math.SQRT1_2));
export const wide = sample('z', normal(2, 1));
export const trained = program(function* () {
  yield* sample(
    'z',
    normal(yield* param('loc', 2), yield* param('scale', 1, { support: positive })),
  );
});
/** A guide that is some nats away. */
export const far = { model: conjugate, guide: sample('z', normal(1, 1)) };
export const known = { model: conjugate, guide: wide, logEvidence };

/** A law whose density is off by a constant. */
export const offBy = (by: number, d: Distribution<Real, 'pathwise'>) => {
  return { ...d, logProb: (z: Tensor) => tf.add(d.logProb(z), by) };
};

/** The bound with something done to what it reports. */
export const changed = (objective: Objective, f: (value: Tensor) => Tensor): Objective => ({
  ...objective,
  estimate: (joint) => {
    const estimate = objective.estimate(joint);
    return { ...estimate, value: f(estimate.value) };
  },
});

export const reduced = (particles: number, f: (weights: Tensor) => Tensor): Objective => ({
  ...iwae({ particles }),
  preferences: fromDraws,
  estimate: (joint) => estimateWeights(joint, f),
});

export const data = tf.tensor1d([1, -1, 3]);
export const rowsOf = (body: (rows: Tensor) => ReturnType<typeof each>) => (rows: Tensor) =>
  plate('data', { size: 3, indices: rows }, body(rows));
export const each = (x: Tensor, weight: number) =>
  program(function* () {
    const z = yield* sample('z', normal(0, 1));
    const d = normal(z, 1);
    yield* observe('x', { ...d, logProb: (at) => tf.mul(d.logProb(at), weight) }, x);
  });
export const guideOver = (centre: (x: Tensor) => Tensor) => (rows: Tensor) =>
  plate('data', { size: 3, indices: rows }, sample('z', normal(centre(tf.gather(data, rows)), 1)));
export const modelOver = rowsOf((rows) => each(tf.gather(data, rows), 1));

/** A latent site and a datum for each element. */
export const local = {
  model: plate('data', 3, each(data, 1)),
  guide: plate(
    'data',
    3,
    program(function* () {
      yield* sample('z', normal(yield* shared(param('loc', 0.5)), 1));
    }),
  ),
};

export const pooled = plate(
  'data',
  3,
  program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* observe('x', normal(tf.mean(z, -1, true), 1), [1, 2, 3]);
  }),
);
export const three = plate('data', 3, sample('z', normal(0, 1)));

export const loopOf = (xs: readonly number[]) =>
  program(function* () {
    for (const [i, x] of xs.entries()) {
      const z = yield* sample(`z[${i}]`, normal(0, 1));
      yield* observe(`x[${i}]`, normal(z, 1), x);
    }
  });
export const loopGuide = program(function* () {
  for (let i = 0; i < 3; i += 1) yield* sample(`z[${i}]`, normal(0.5, 1));
});
export const plated = {
  model: plate('data', 3, each(tf.keep(tf.tensor1d([1, 2, 3])), 1)),
  guide: plate('data', 3, sample('z', normal(0.5, 1))),
};

/** A program that draws outside of sample sites. */
let calls = 0;
export const moody = () =>
  program(function* () {
    calls += 1;
    const z = yield* sample('z', normal(calls, 1));
    yield* plate('data', 2, observe('x', normal(z, 1), [1, 2]));
  });
export const calm = program(function* () {
  const z = yield* sample('z', normal(1, 1));
  yield* plate('data', 2, observe('x', normal(z, 1), [1, 2]));
});
/** Host code that frees nothing. */
const kept = blackBox((z: Tensor) => tf.keep(tf.clone(z)), { shape: [] });
export const hoarding = program(function* () {
  const z = yield* sample('z', normal(0, 1));
  yield* observe('x', normal(kept(z), 1), 5);
});
export const backend = tf.getBackend();
/** Host code that is no function of its arguments. */
export const remembering = () => {
  let before = 0;
  const shifted = blackBox(
    (z: Tensor) => {
      before += 1;
      return tf.add(z, before / 10);
    },
    { shape: [] },
  );
  return program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* observe('x', normal(shifted(z), 1), 5);
  });
};

export const bit = program(function* () {
  yield* sample('b', bernoulli({ logits: yield* param('logits', 0.5) }));
});
export const fairBit = program(function* () {
  const b = yield* sample('b', bernoulli({ probs: 0.2 }));
  yield* observe('x', normal(b, 1), 2);
});
export const dropped: Objective = {
  ...elbo({ discrete: 'score' }),
  estimate: (joint) => {
    const estimate = elbo({ discrete: 'score' }).estimate(joint);
    return { ...estimate, surrogate: estimate.value };
  },
};

/** A density that does not see its value move. */
export const blind = program(function* () {
  const d = normal(yield* param('loc', 2.5), Math.SQRT1_2);
  yield* sample('z', { ...d, logProb: (z) => d.logProb(stopGradient(z)) });
});

/** A draw whose gradient counts its location twice. */
export const twice = program(function* () {
  const loc = yield* param('loc', 2.5);
  const d = normal(loc, Math.SQRT1_2);
  const draw = (noise: readonly Tensor[]) => ({
    value: tf.add(d.sampler.draw(noise).value, tf.sub(loc, stopGradient(loc))),
  });
  yield* sample('z', { ...d, sampler: { ...d.sampler, draw } });
});
export const exact = program(function* () {
  yield* sample('z', normal(yield* param('loc', 2.5), Math.SQRT1_2));
});

export const oneNoise =
  (k: Parameters<typeof keyedNoise>[0]): NoiseSource =>
  (_site, block, noise, batch) =>
    keyedNoise(k)('all', block, noise, batch);
export const two = program(function* () {
  yield* sample('a', normal(0, 1));
  yield* sample('b', normal(0, 1));
});
export const swapped = (scale: number) =>
  program(function* () {
    yield* sample('b', normal(0, scale));
    yield* sample('a', normal(0, 1));
  });
