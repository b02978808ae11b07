/**
 * A site that is observed at some elements of its plate: a batch of known and unknown rows is the sum of a batch
 * of known ones, conditioned as a whole, and of one of unknown ones, in value, terms and gradients, at one noise.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Objective,
  type Program,
  type Tensor,
  bernoulli,
  bijectors,
  categorical,
  condition,
  elbo,
  gamma,
  independent,
  iwae,
  key,
  normal,
  param,
  plate,
  program,
  sample,
  shared,
  transformed,
} from 'marginalia';
import { oneHotCategorical } from 'marginalia/distributions';
import {
  enumeration,
  gumbelSoftmax,
  measureValued,
  scoreFunction,
  straightThrough,
} from 'marginalia/estimators';
import {
  betaElbo,
  cubo,
  eubo,
  renyi,
  tailAdaptive,
  varGrad,
  vimco,
  wakePhi,
  wakeTheta,
} from 'marginalia/objectives';
import { keyedNoise } from 'marginalia/random';
import { describe, expect, it } from 'vitest';
import { rowsOfPlate } from '../../src/testing/law/noise-views.js';
import { type Found, estimateAt } from './estimate-at.js';

/** A law for the site, in the model and in the guide, and what is made of its value. */
interface Family {
  readonly prior: (a: Tensor) => Distribution;
  readonly posterior: (x: Tensor, b: Tensor) => Distribution;
  readonly feature: (y: Tensor) => Tensor;
  /** Of the rows that are known. */
  readonly values: readonly (number | readonly number[])[];
  readonly event: readonly number[];
}

const classes = tf.tensor1d([0.3, -1, 2]);
const along = (x: Tensor): Tensor => tf.expandDims(x, -1);

const families = {
  coin: {
    prior: (a) => bernoulli({ logits: a }),
    posterior: (x, b) => bernoulli({ logits: tf.mul(x, b) }),
    feature: (y) => y,
    values: [1, 0],
    event: [],
  },
  'chances of 0': {
    prior: (a) => bernoulli({ probs: tf.sigmoid(a) }),
    posterior: (x, b) => bernoulli({ probs: tf.sigmoid(tf.mul(x, b)) }),
    feature: (y) => y,
    values: [1, 0],
    event: [],
  },
  class: {
    prior: (a) => categorical({ logits: tf.mul(classes, a) }),
    posterior: (x, b) => categorical({ logits: tf.mul(along(tf.mul(x, b)), classes) }),
    feature: (y) => y,
    values: [2, 1],
    event: [],
  },
  'one-hot class': {
    prior: (a) => oneHotCategorical({ logits: tf.mul(classes, a) }),
    posterior: (x, b) => oneHotCategorical({ logits: tf.mul(along(tf.mul(x, b)), classes) }),
    feature: (y) => tf.sum(tf.mul(y, classes), -1),
    values: [
      [0, 0, 1],
      [0, 1, 0],
    ],
    event: [3],
  },
  normal: {
    prior: (a) => normal(a, 1),
    posterior: (x, b) => normal(tf.mul(x, b), 0.5),
    feature: (y) => y,
    values: [0.7, -2],
    event: [],
  },
  vector: {
    prior: (a) => independent(normal(tf.mul(classes, a), 1)),
    posterior: (x, b) => independent(normal(tf.mul(along(tf.mul(x, b)), classes), 0.5)),
    feature: (y) => tf.mean(y, -1),
    values: [
      [0.2, 1, -1],
      [3, 0, 0.5],
    ],
    event: [3],
  },
  gamma: {
    prior: (a) => gamma(2, tf.softplus(a)),
    posterior: (x, b) => gamma(tf.add(1, tf.exp(tf.mul(x, b))), 1.5),
    feature: (y) => tf.log(y),
    values: [0.4, 3],
    event: [],
  },
  'logit-normal': {
    prior: (a) => transformed(normal(a, 1), bijectors.sigmoidTo(0, 1)),
    posterior: (x, b) => transformed(normal(tf.mul(x, b), 0.5), bijectors.sigmoidTo(0, 1)),
    feature: (y) => y,
    values: [0.2, 0.99],
    event: [],
  },
} satisfies Record<string, Family>;

type Name = keyof typeof families;

const N = 5;
const KNOWN = [0, 2] as const;
const UNKNOWN = [1, 3, 4] as const;
const xs = [0.5, -1, 1.5, 0.2, -0.4] as const;

const x = tf.tensor1d([...xs]);
const rowsIn = (rows: readonly number[]): Tensor => tf.tensor1d([...rows], 'int32');

/** Values of all rows, which are no numbers where they are not known. */
const valuesOf = ({ values, event }: Family): Tensor => {
  const width = event.reduce((a, b) => a * b, 1);
  const flat = Array.from({ length: N }, (_, i) => {
    const at = KNOWN.findIndex((k) => k === i);
    return at < 0 ? Array(width).fill(Number.NaN) : [values[at] ?? Number.NaN].flat();
  });
  return tf.tensor(flat.flat(), [N, ...event]);
};
const knownValues = ({ values, event }: Family): Tensor =>
  tf.tensor(values.flat(), [KNOWN.length, ...event]);

const params = {
  a: tf.scalar(0.4),
  b: tf.scalar(0.8),
  u: tf.scalar(0.9),
  v: tf.scalar(-0.6),
  g: tf.scalar(0.5),
  h: tf.scalar(0.3),
};

const rate = 1;

const modelOf = ({ prior, feature }: Family, rows: number) =>
  plate(
    'rows',
    { size: rows },
    shared(
      program(function* () {
        const y = yield* sample('y', prior(yield* param('a', 0)));
        const z = yield* sample('z', normal(0, rate));
        const [u, v] = [yield* param('u', 0), yield* param('v', 0)];
        yield* sample('x', normal(tf.add(tf.mul(tf.tanh(z), u), tf.mul(feature(y), v)), 0.8));
      }),
    ),
  );

const codeOf = ({ feature }: Family, data: Tensor, y: Tensor) =>
  program(function* () {
    const [g, h] = [yield* param('g', 0), yield* param('h', 0)];
    yield* sample('z', normal(tf.add(tf.mul(data, g), tf.mul(feature(y), h)), 0.6));
  });

const guideOf = (family: Family, data: Tensor) =>
  plate(
    'rows',
    data.shape[0] ?? 0,
    shared(
      program(function* () {
        const y = yield* sample('y', family.posterior(data, yield* param('b', 0)));
        yield* codeOf(family, data, y);
      }),
    ),
  );

const noise = keyedNoise(key(5));
const noiseAt = (rows: readonly number[]) =>
  rowsOfPlate(
    noise,
    new Map([
      ['y', -1],
      ['z', -1],
    ]),
    N,
    rowsIn(rows),
  );

type Any = Program<unknown, unknown>;

const at = (model: Any, guide: Any, objective: Objective, rows?: readonly number[]): Found =>
  estimateAt(model, guide, objective, { noise: rows ? noiseAt(rows) : noise, params });

/** The batch in which some rows are known. */
const mixed = (family: Family, objective: Objective, known: readonly number[] = KNOWN): Found => {
  const where = Array.from({ length: N }, (_, i) => Number(known.includes(i)));
  const y = { value: valuesOf(family), where };
  return at(condition(modelOf(family, N), { x, y }), guideOf(family, x), objective);
};

/** Some rows, known as a whole. */
const observed = (family: Family, objective: Objective): Found => {
  const [data, y] = [tf.gather(x, rowsIn(KNOWN)), knownValues(family)];
  const guide = plate('rows', KNOWN.length, shared(codeOf(family, data, y)));
  return at(condition(modelOf(family, KNOWN.length), { x: data, y }), guide, objective, KNOWN);
};

/** Some rows, of which nothing is known. */
const latent = (family: Family, objective: Objective, rows: readonly number[]): Found => {
  const data = tf.gather(x, rowsIn(rows));
  return at(
    condition(modelOf(family, rows.length), { x: data }),
    guideOf(family, data),
    objective,
    rows,
  );
};

const near = (found: number, expected: number, what: string): void =>
  expect(Math.abs(found - expected), `${what}: ${found} for ${expected}`).toBeLessThan(
    2e-4 * Math.max(1, Math.abs(expected)),
  );

const expectSum = (found: Found, parts: readonly Found[]): void => {
  const sum = (f: (part: Found) => number | undefined): number =>
    parts.reduce((total, part) => total + (f(part) ?? 0), 0);
  near(
    found.value,
    sum((p) => p.value),
    'value',
  );
  for (const name of Object.keys(params)) {
    const [own = Number.NaN] = found.gradients[name] ?? [];
    near(
      own,
      sum((p) => p.gradients[name]?.[0]),
      `gradient of ${name}`,
    );
  }
};

/** An objective with an estimator for the site, where it is not known as a whole. */
const asked = (estimator: ReturnType<typeof enumeration>, particles = 3): Objective =>
  elbo({ particles, estimators: { y: estimator } });
const unasked = (objective: Objective): Objective =>
  objective.preferences.estimators === undefined
    ? objective
    : elbo({ particles: objective.particles });

const always: Readonly<Record<string, Objective>> = {
  elbo: elbo(),
  'elbo of 3': elbo({ particles: 3 }),
  'sampled divergences': elbo({ particles: 2, closedFormKl: 'never' }),
  'β weighs divergences alone': betaElbo({ beta: 0.3, particles: 2 }),
  score: asked(scoreFunction({ baseline: 'none' })),
  'score less the others': asked(scoreFunction()),
  iwae: iwae({ particles: 3 }),
  renyi: renyi({ alpha: 0.5, particles: 3 }),
  vimco: vimco({ particles: 3 }),
  varGrad: varGrad({ particles: 3 }),
  cubo: cubo({ particles: 3 }),
  eubo: eubo({ particles: 3 }),
  'wake θ': wakeTheta({ particles: 3 }),
  'wake φ': wakePhi({ particles: 3 }),
};

const throughDraws: Readonly<Record<string, Objective>> = {
  'sticking the landing': elbo({ particles: 2, gradient: 'stickingTheLanding' }),
  'doubly reparameterised': iwae({ particles: 3, gradient: 'doublyReparameterised' }),
  tailAdaptive: tailAdaptive({ particles: 3 }),
};

const discrete: Readonly<Record<string, Objective>> = {
  'enumeration of 3': asked(enumeration()),
  'score of one': elbo({ discrete: 'score' }),
};

const relaxed: Readonly<Record<string, Objective>> = {
  'Gumbel-softmax': asked(gumbelSoftmax({ temperature: 0.7 })),
  'straight-through': asked(straightThrough()),
  'straight-through a relaxed draw': asked(straightThrough({ temperature: 0.7 })),
};

const measured: Readonly<Record<string, Objective>> = {
  'measure-valued': asked(measureValued(), 2),
};

const table: Readonly<Record<Name, Readonly<Record<string, Objective>>>> = {
  coin: { ...always, ...discrete, ...relaxed, ...measured },
  'chances of 0': { elbo: elbo(), ...measured },
  class: { elbo: elbo(), ...discrete, ...measured, iwae: iwae({ particles: 3 }) },
  'one-hot class': { ...always, ...discrete, ...relaxed, ...measured },
  normal: { ...always, ...throughDraws, ...measured },
  vector: { elbo: elbo(), ...throughDraws, ...measured, iwae: iwae({ particles: 3 }) },
  gamma: { elbo: elbo({ particles: 2 }), ...throughDraws },
  'logit-normal': { ...always, ...throughDraws },
};

const cases = Object.entries(families).flatMap(([name, family]: [string, Family]) =>
  Object.entries(table[name as Name]).map(
    ([how, objective]) => [name, how, family, objective] as const,
  ),
);

describe('a site that is known at some elements', () => {
  it.each(cases)(
    'adds what known and unknown rows add apart: %s, %s',
    (_, __, family, objective) => {
      expectSum(mixed(family, objective), [
        observed(family, unasked(objective)),
        latent(family, objective, UNKNOWN),
      ]);
    },
  );

  it.each(cases)(
    'is the plain latent site where none is known: %s, %s',
    (_, __, family, objective) => {
      const all = [0, 1, 2, 3, 4];
      const plain = latent(family, objective, all);
      const none = mixed(family, objective, []);
      expectSum(none, [plain]);
      for (const [term, value] of Object.entries(plain.terms))
        near(none.terms[term] ?? 0, value, term);
    },
  );
});
