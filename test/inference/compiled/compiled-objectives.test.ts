/** A compiled step equals the eager one under every objective. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import {
  type Distribution,
  type Objective,
  type Tensor,
  adam,
  bernoulli,
  beta,
  bijectors,
  categorical,
  condition,
  delta,
  deterministic,
  elbo,
  expand,
  gamma,
  independent,
  iwae,
  key,
  mixture,
  multivariateNormal,
  normal,
  param,
  plate,
  positive,
  program,
  rowsOf,
  sample,
  svi,
  transformed,
  useBackend,
} from 'marginalia';
import { oneHotCategorical } from 'marginalia/distributions';
import {
  gumbelSoftmax,
  measureValued,
  scoreFunction,
  straightThrough,
} from 'marginalia/estimators';
import { mlp } from 'marginalia/nn';
import {
  betaElbo,
  cubo,
  eubo,
  infoVae,
  inverseMultiquadric,
  paramsIn,
  penalized,
  renyi,
  reweightedWakeSleep,
  sleepPhi,
  tailAdaptive,
  varGrad,
  vimco,
  wakeTheta,
} from 'marginalia/objectives';
import { freeState } from '../../../src/inference/stepper.js';
import { sameInEveryEngine } from './engines.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

const data = rowsOf(
  Float32Array.from({ length: 12 }, (_, i) => Math.sin(i) * 2),
  [2],
);

// A name that types do not see lets one table hold every family.
const nameOf = (name: string): string => name;

/** A prior with a guide that has the parameters `shift` and `scale`. */
interface Family {
  readonly prior: () => Distribution;
  readonly guide: (shift: Tensor, scale: Tensor) => Distribution;
  /** Whether an event is already an array. */
  readonly array?: boolean;
}

const N: Family = { prior: () => normal(0, 1), guide: normal };
const V: Family = {
  prior: () => independent(expand(normal(0, 1), [2])),
  guide: (shift, scale) =>
    multivariateNormal(tf.stack([shift, scale]), { logScale: [0.1, -0.2], lower: [0.3] }),
  array: true,
};
const T: Family = {
  prior: () => transformed(normal(0, 1), bijectors.exp),
  guide: (shift, scale) => transformed(normal(shift, scale), bijectors.exp),
};
/** Draws that float32 rounds to 0 and to 1, and a prior that is evaluated at their logits. */
const R: Family = {
  prior: () => beta(2, 1.5),
  guide: (shift, scale) => transformed(normal(shift, tf.mul(scale, 60)), bijectors.sigmoidTo(0, 1)),
};
/** The same at 0 alone, and a prior that has but the value. */
const U: Family = {
  prior: () => gamma(2, 1),
  guide: (shift, scale) => transformed(normal(shift, tf.mul(scale, 90)), bijectors.softplus),
};
const L: Family = {
  prior: () => gamma(0.1, 1),
  guide: (shift, scale) => gamma(tf.mul(scale, 0.05), tf.exp(shift)),
};
const D: Family = { prior: N.prior, guide: (shift) => delta(shift) };
const B: Family = {
  prior: () => bernoulli({ probs: 0.4 }),
  guide: (shift) => bernoulli({ logits: shift }),
};
const C: Family = {
  prior: () => categorical({ probs: [1, 2, 3] }),
  guide: (shift, scale) => categorical({ logits: tf.stack([shift, scale, tf.scalar(0)]) }),
};
const H: Family = {
  prior: () => oneHotCategorical({ probs: [1, 2] }),
  guide: (shift, scale) => oneHotCategorical({ logits: tf.stack([shift, scale]) }),
  array: true,
};
const M: Family = {
  prior: N.prior,
  guide: (shift, scale) =>
    mixture(categorical({ probs: [1, 2] }), normal(tf.stack([shift, scale]), 1)),
};

const guideFor = ({ guide }: Family, x: Tensor) =>
  program(function* () {
    const shift = yield* param('shift', 0.1);
    const scale = yield* param('scale', 0.8, { support: positive });
    const guess = yield* mlp('guess', { hidden: [2], out: 1 })(x);
    yield* plate(
      'data',
      x.shape[0] ?? 0,
      program(function* () {
        yield* deterministic('b', tf.squeeze(guess, [-1]));
        yield* sample(nameOf('z'), guide(shift, scale));
      }),
    );
  });

const inference = (family: Family, objective: Objective) =>
  svi({
    model: (x: Tensor) =>
      condition(
        plate(
          'data',
          x.shape[0] ?? 0,
          program(function* () {
            const z = yield* sample(nameOf('z'), family.prior());
            const code = family.array === true ? z : tf.expandDims(z, -1);
            const h = yield* mlp('decoder', { hidden: [3], out: 2, activation: 'tanh' })(code);
            yield* sample('x', independent(normal(h, 1)));
          }),
        ),
        { x },
      ),
    guide: (x: Tensor) => guideFor(family, x),
    objective,
    optimizer: adam(0.01),
  });

const gradient = 'doublyReparameterised';
const particles = 3;

const cases: readonly (readonly [string, Objective, readonly Family[]])[] = [
  ['iwae of one', iwae({ particles: 1 }), [N, B]],
  ['iwae', iwae({ particles }), [N, V, B, M]],
  ['iwae, doubly', iwae({ particles, gradient }), [N, V, T, R, U, L]],
  ['elbo that lands', elbo({ particles: 2, gradient: 'stickingTheLanding' }), [N, V, R]],
  ['renyi', renyi({ alpha: 0.5, particles }), [N, B]],
  ['vimco', vimco({ particles }), [N, B, U]],
  ['varGrad', varGrad({ particles }), [N, B]],
  ['tailAdaptive', tailAdaptive({ particles }), [N, V]],
  ['eubo', eubo({ particles }), [N, B]],
  ['cubo', cubo({ particles }), [N, C]],
  ['betaElbo', betaElbo({ particles: 2, beta: { z: 0.5 } }), [N, B]],
  ['annealed betaElbo', betaElbo({ beta: (step) => tf.div(tf.add(step, 1), 4) }), [N, V]],
  ['infoVae', infoVae({ lambda: 10, kernel: inverseMultiquadric(2) }), [N, V]],
  ['wakeTheta', wakeTheta({ particles }), [N, B]],
  ['reweightedWakeSleep', reweightedWakeSleep({ particles }), [N, B]],
  ['sleepPhi', sleepPhi({ guide: ({ x = tf.zeros([0]) }) => guideFor(N, x) }), [N]],
  ['measure-valued', elbo({ particles: 2, estimators: { z: measureValued() } }), [N, C]],
  ['Gumbel-softmax', elbo({ estimators: { z: gumbelSoftmax({ temperature: 0.5 }) } }), [B, H]],
  [
    'cooling straight-through',
    elbo({ estimators: { z: straightThrough({ temperature: (step) => tf.exp(tf.neg(step)) }) } }),
    [H],
  ],
  ['straight-through', iwae({ particles, estimators: { z: straightThrough() } }), [B]],
  [
    'a running average',
    elbo({ estimators: { z: scoreFunction({ baseline: 'runningAverage' }) } }),
    [N, B],
  ],
  [
    'a learned baseline',
    elbo({ estimators: { z: scoreFunction({ baseline: { site: 'b' } }) } }),
    [N, B],
  ],
  [
    'penalties',
    penalized(elbo(), { decay: (joint) => tf.square(paramsIn(joint, 'shift').shift) }),
    [N, D],
  ],
  [
    'a penalty on a slope',
    penalized(elbo(), {
      slope: (joint) => {
        const shift = paramsIn(joint, 'shift').shift;
        return tf.square(tf.grad((v: Tensor) => tf.tanh(tf.exp(v)))(shift));
      },
    }),
    [N],
  ],
];

it.each(cases)('%s', async (_, objective, families) => {
  for (const [i, family] of families.entries()) {
    const made = inference(family, objective);
    const x = data.batch(new Int32Array([0, 1, 2, 3]), key(0));
    const first = made.init(key(4), x);
    const gradients = made.gradients(first, x);
    // Only an objective of the model's side leaves the guide alone.
    const still = gradients['shift']?.dataSync()[0] === 0;
    expect(still).toBe(objective.name === 'wakeTheta');
    tf.dispose(gradients);
    freeState(first);
    // Every objective runs by both; what draws of other families change is no matter of who runs them.
    await sameInEveryEngine(made, x, 3, i === 0 ? undefined : ['onnxruntime']);
  }
});
