/** Latent sites of finite support: summed over, by scores, by weak derivatives and relaxed. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Objective,
  type Svi,
  type Tensor,
  bernoulli,
  categorical,
  deterministic,
  elbo,
  expand,
  independent,
  iwae,
  mixture,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  sgd,
  shared,
  svi,
} from 'marginalia';
import { oneHotCategorical } from 'marginalia/distributions';
import {
  gumbelSoftmax,
  measureValued,
  scoreFunction,
  straightThrough,
} from 'marginalia/estimators';
import { reweightedWakeSleep, varGrad, vimco } from 'marginalia/objectives';
import { equal } from 'marginalia/tensors';
import { type RecordedCase, recordedCase } from '../recorded-case.js';
import { wave } from '../wave.js';

const ROWS = 5;

/** A bit in each row, which shifts the row. */
const bit = (objective: Objective): Svi<Tensor> =>
  svi({
    model: (x: Tensor) =>
      program(function* () {
        const prior = yield* param('prior', 0.4);
        const on = yield* param('on', 1.1);
        const off = yield* param('off', -0.6);
        yield* plate(
          'rows',
          ROWS,
          program(function* () {
            const b = yield* sample('b', bernoulli({ logits: prior }));
            const loc = tf.add(tf.mul(b, on), tf.mul(tf.sub(1, b), off));
            yield* observe('x', normal(loc, 0.8), x);
          }),
        );
      }),
    guide: (x: Tensor) =>
      program(function* () {
        const weight = yield* param('weight', 0.7);
        const bias = yield* param('bias', -0.1);
        const level = yield* param('level', 0.3);
        yield* plate(
          'rows',
          ROWS,
          program(function* () {
            yield* deterministic('baseline', tf.tanh(tf.mul(level, x)));
            yield* sample('b', bernoulli({ logits: tf.add(tf.mul(weight, x), bias) }));
          }),
        );
      }),
    objective,
    optimizer: sgd(0.1),
  });

/** A class in each row, as a number or as a vector, beside locations that are latent or parameters. */
const classOf = (
  kind: 'number' | 'vector',
  locations: 'latent' | 'parameters',
  objective: Objective,
): Svi<Tensor> => {
  const inModel = program(function* () {
    return locations === 'latent'
      ? yield* sample('locations', independent(expand(normal(0, 2), [3])))
      : yield* param('locations/loc', [-1, 0.2, 1.3]);
  });
  const inGuide = program(function* () {
    if (locations !== 'latent') return;
    const loc = yield* param('locations/loc', [-1, 0.2, 1.3]);
    yield* sample('locations', independent(normal(loc, 0.3)));
  });
  // A name and a law that types do not see let one model have both kinds.
  const name: string = 'k';
  const law = (logits: Tensor): Distribution =>
    kind === 'number' ? categorical({ logits }) : oneHotCategorical({ logits });
  return svi({
    model: (x: Tensor) =>
      program(function* () {
        const logits = yield* param('prior', [0.3, -0.2, 0.1]);
        const scale = yield* param('scale', 0.7, { support: positive });
        const mu = yield* inModel;
        yield* plate(
          'rows',
          ROWS,
          program(function* () {
            const k = yield* sample(name, law(logits));
            const which = kind === 'number' ? equal(tf.expandDims(k, -1), tf.range(0, 3)) : k;
            yield* observe('x', normal(tf.sum(tf.mul(which, mu), -1), scale), x);
          }),
        );
      }),
    guide: () =>
      program(function* () {
        yield* inGuide;
        yield* plate(
          'rows',
          ROWS,
          program(function* () {
            const logits = yield* param('logits', [0.2, -0.3, 0.6]);
            yield* sample(name, law(logits));
          }),
        );
      }),
    objective,
    optimizer: sgd(0.1),
  });
};

/** States of a chain, each by itself in the guide. */
const chain = (objective: Objective): Svi<Tensor> =>
  svi({
    model: (x: Tensor) =>
      program(function* () {
        const stay = yield* param('stay', 0.9);
        const level = yield* param('level', 1.2);
        const first = yield* sample('s0', bernoulli({ probs: 0.5 }));
        const second = yield* sample(
          's1',
          bernoulli({ logits: tf.mul(stay, tf.sub(tf.mul(first, 2), 1)) }),
        );
        const third = yield* sample(
          's2',
          bernoulli({ logits: tf.mul(stay, tf.sub(tf.mul(second, 2), 1)) }),
        );
        const [a = x, b = x, c = x] = tf.unstack(x);
        yield* observe('x0', normal(tf.mul(level, first), 1), a);
        yield* observe('x1', normal(tf.mul(level, second), 1), b);
        yield* observe('x2', normal(tf.mul(level, third), 1), c);
      }),
    guide: () =>
      program(function* () {
        yield* sample('s0', bernoulli({ logits: yield* param('q0', 0.3) }));
        yield* sample('s1', bernoulli({ logits: yield* param('q1', -0.4) }));
        yield* sample('s2', bernoulli({ logits: yield* param('q2', 0.8) }));
      }),
    objective,
    optimizer: sgd(0.1),
  });

/** Classes that the density sums over itself. */
const mixed = (objective: Objective): Svi<Tensor> =>
  svi({
    model: (x: Tensor) =>
      program(function* () {
        const logits = yield* param('logits', [0.2, -0.4]);
        const z = yield* sample('z', normal(0, 1));
        const apart = yield* param('apart', [-1, 1.5]);
        yield* plate(
          'rows',
          ROWS,
          program(function* () {
            const components = normal(tf.add(tf.expandDims(z, -1), apart), 0.8);
            yield* observe('x', mixture(categorical({ logits }), components), x);
          }),
        );
      }),
    guide: () =>
      program(function* () {
        const loc = yield* shared(param('loc', 0.3));
        const scale = yield* param('scale', 0.5, { support: positive });
        yield* sample('z', normal(loc, scale));
      }),
    objective,
    optimizer: sgd(0.1),
  });

const ofBits = (name: string, objective: Objective, remembers?: number): RecordedCase =>
  recordedCase(
    `bits: ${name}`,
    () => ({ svi: bit(objective), batch: wave([ROWS]) }),
    remembers === undefined ? {} : { remembers },
  );

const ofClasses = (name: string, ...asked: Parameters<typeof classOf>): RecordedCase =>
  recordedCase(`classes: ${name}`, () => ({ svi: classOf(...asked), batch: wave([ROWS]) }));

export const discrete: readonly RecordedCase[] = [
  ofBits('summed over', elbo()),
  ofBits('scores alone', elbo({ discrete: 'score', baseline: 'none' })),
  ofBits('scores beside others, 4 particles', elbo({ discrete: 'score', particles: 4 })),
  ofBits(
    'scores beside a running average, 3 particles',
    elbo({
      particles: 3,
      estimators: { b: scoreFunction({ baseline: 'runningAverage', beta: 0.9 }) },
    }),
    0.7,
  ),
  ofBits(
    'scores beside a learned baseline, 2 particles',
    elbo({ particles: 2, estimators: { b: scoreFunction({ baseline: { site: 'baseline' } }) } }),
  ),
  ofBits(
    'weak derivatives, 2 particles',
    elbo({ particles: 2, estimators: { b: measureValued() } }),
  ),
  ofBits(
    'relaxed, 3 particles',
    elbo({ particles: 3, estimators: { b: gumbelSoftmax({ temperature: 0.7 }) } }),
  ),
  ofBits('straight through', elbo({ estimators: { b: straightThrough() } })),
  ofBits(
    'iwae, straight through, 4 particles',
    iwae({ particles: 4, estimators: { b: straightThrough({ temperature: 0.8 }) } }),
  ),
  ofBits('iwae, 4 particles', iwae({ particles: 4 })),
  ofBits('vimco, 5 particles', vimco({ particles: 5 })),
  ofBits('varGrad, 4 particles', varGrad({ particles: 4 })),
  ofBits('reweighted wake-sleep, 4 particles', reweightedWakeSleep({ particles: 4 })),
  ofClasses('summed over', 'number', 'parameters', elbo()),
  ofClasses('summed over beside draws, 3 particles', 'number', 'latent', elbo({ particles: 3 })),
  ofClasses(
    'vectors that are summed over, 2 particles',
    'vector',
    'latent',
    elbo({ particles: 2 }),
  ),
  ofClasses('scores, 5 particles', 'number', 'latent', elbo({ discrete: 'score', particles: 5 })),
  ofClasses(
    'weak derivatives',
    'number',
    'parameters',
    elbo({ estimators: { k: measureValued() } }),
  ),
  ofClasses(
    'relaxed vectors, 3 particles',
    'vector',
    'latent',
    elbo({ particles: 3, estimators: { k: gumbelSoftmax({ temperature: 0.6 }) } }),
  ),
  ofClasses(
    'vectors straight through',
    'vector',
    'parameters',
    elbo({ estimators: { k: straightThrough() } }),
  ),
  recordedCase('a chain of bits: summed over', () => ({ svi: chain(elbo()), batch: wave([3]) })),
  recordedCase('a mixture as density: elbo, 3 particles', () => ({
    svi: mixed(elbo({ particles: 3 })),
    batch: wave([ROWS]),
  })),
];
