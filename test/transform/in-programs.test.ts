/** Derivatives and batches inside programs and objectives: the bound that formulas give, in every engine. */
import * as tf from '@tensorflow/tfjs';
import {
  type Svi,
  type Tensor,
  adam,
  derive,
  elbo,
  factor,
  independent,
  key,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  simulate,
  svi,
  trace,
} from 'marginalia';
import { grad, hessian, jacobian, vmap } from 'marginalia/autodiff';
import { paramsIn, penalized } from 'marginalia/objectives';
import { describe, expect, it } from 'vitest';
import { keyedNoise } from '../../src/random/noise-source.js';
import { sameInEveryEngine } from '../inference/compiled/engines.js';
import { type Found, estimateAt } from '../bounds/estimate-at.js';

const ROWS = 3;
const x = [0.4, -0.2, 0.9];

const expectSame = (found: Found, expected: Found): void => {
  expect(found.value).toBeCloseTo(expected.value, 4);
  expect(Object.keys(found.gradients)).toEqual(Object.keys(expected.gradients));
  for (const [name, own] of Object.entries(expected.gradients)) {
    own.forEach((g, i) => expect(found.gradients[name]?.[i], name).toBeCloseTo(g, 3));
  }
};

/** ∂ Σ tanh(w z) / ∂z. */
type Slope = (w: Tensor, z: Tensor) => Tensor;

const slopes: Readonly<Record<string, Slope>> = {
  'a gradient': (w, z) => grad((v: Tensor) => tf.sum(tf.tanh(tf.mul(w, v))))(z),
  'a batch of gradients': (w, z) => vmap(grad((v: Tensor) => tf.tanh(tf.mul(w, v))))(z),
  'a gradient of a batch': (w, z) =>
    grad((all: Tensor) => tf.sum(vmap((v: Tensor) => tf.tanh(tf.mul(w, v)))(all)))(z),
  'a Jacobian': (w, z) => tf.sum(jacobian((v: Tensor) => tf.tanh(tf.mul(w, v)))(z), 1),
  'a second derivative': (w, z) => {
    // ∂²/∂z² of log cosh(w z) / w.
    const potential = (v: Tensor): Tensor =>
      tf.div(
        tf.sum(tf.log(tf.mul(tf.add(tf.exp(tf.mul(w, v)), tf.exp(tf.mul(w, tf.neg(v)))), 0.5))),
        w,
      );
    return tf.sum(hessian(potential)(z), 0);
  },
};

const byHand: Slope = (w, z) => tf.mul(w, tf.sub(1, tf.square(tf.tanh(tf.mul(w, z)))));

/** A decoder whose slope at the codes is penalised. */
const modelBy = (slope: Slope) =>
  program(function* () {
    const w = yield* param('w', 0.7);
    const z = yield* plate('rows', ROWS, sample('z', normal(0, 1)));
    yield* factor('penalty', tf.neg(tf.sum(tf.square(slope(w, z)))));
    yield* plate('rows', ROWS, observe('x', normal(tf.tanh(tf.mul(w, z)), 0.5), x));
  });

const guide = plate(
  'rows',
  ROWS,
  program(function* () {
    const loc = yield* param('loc', 0.2);
    yield* sample('z', normal(loc, yield* param('scale', 0.6, { support: positive })));
  }),
);

describe.each(Object.entries(slopes))('%s in a program', (_, slope) => {
  it.each([1, 4])('has the bound of a formula, with %d particles', (particles) => {
    const params = {
      w: tf.scalar(0.8),
      loc: tf.tensor1d([0.1, -0.3, 0.5]),
      scale: tf.fill([3], -0.2),
    };
    const at = { noise: keyedNoise(key(2)), params };
    const objective = elbo({ particles });
    expectSame(
      estimateAt(modelBy(slope), guide, objective, at),
      estimateAt(modelBy(byHand), guide, objective, at),
    );
    tf.dispose(params);
  });

  it('depends on what it was taken at', () => {
    const { terms } = derive(modelBy(slope), guide, elbo());
    expect(terms.find(({ site }) => site === 'penalty')?.dependsOn).toEqual(['z']);
  });

  it('is the same in every engine', async () => {
    const made: Svi<Tensor> = svi({
      model: () => modelBy(slope),
      guide: () => guide,
      objective: elbo({ particles: 2 }),
      optimizer: adam(0.05),
    });
    await sameInEveryEngine(made, tf.scalar(0));
  });
});

describe('in an objective', () => {
  const data = [
    [0.5, -0.2],
    [1, 0.3],
  ];
  const layer = (v: Tensor, w: Tensor): Tensor =>
    tf.tanh(tf.squeeze(tf.matMul(tf.expandDims(v, 0), w), [0]));
  const rows = (w: Tensor): Tensor => vmap((v: Tensor) => layer(v, w))(tf.tensor2d(data));
  const autoencoder = program(function* () {
    const w = yield* param('w', tf.tensor2d([0.3, -0.2, 0.5, 0.1, 0.7, -0.4], [2, 3]));
    const h = rows(w);
    yield* plate('data', 2, observe('y', independent(normal(h, 1)), tf.zeros([2, 3])));
  });
  const nothing = program(function* () {});

  it('a Jacobian of each row is penalised as its formula is', async () => {
    const exact = penalized(elbo(), {
      contraction: (joint) => {
        const { w } = paramsIn(joint, 'w');
        return tf.sum(tf.square(vmap(jacobian((v: Tensor) => layer(v, w)))(tf.tensor2d(data))));
      },
    });
    const written = penalized(elbo(), {
      contraction: (joint) => {
        const { w } = paramsIn(joint, 'w');
        const steep = tf.square(tf.sub(1, tf.square(tf.tanh(tf.matMul(tf.tensor2d(data), w)))));
        return tf.sum(tf.mul(steep, tf.sum(tf.square(w), 0)));
      },
    });
    const params = { w: tf.tensor2d([0.3, -0.2, 0.5, 0.1, 0.7, -0.4], [2, 3]) };
    const at = { noise: keyedNoise(key(0)), params };
    expectSame(
      estimateAt(autoencoder, nothing, exact, at),
      estimateAt(autoencoder, nothing, written, at),
    );
    tf.dispose(params);
    const made: Svi<Tensor> = svi({
      model: () => autoencoder,
      guide: () => nothing,
      objective: exact,
      optimizer: adam(0.05),
    });
    await sameInEveryEngine(made, tf.scalar(0));
  });
});

it('parameters that share their numbers are differentiated each by itself', () => {
  const start = tf.tensor1d([0.5, 1]);
  const model = program(function* () {
    const a = yield* param('a', start);
    const b = yield* param('b', start);
    yield* observe('y', independent(normal(tf.add(a, tf.mul(b, 3)), 1)), [0, 0]);
  });
  const nothing = program(function* () {});
  // −(a + 3 b), and three times that.
  const exact = { a: [-2, -4], b: [-6, -12] };
  const params = { a: start, b: tf.clone(start) };
  const { gradients } = estimateAt(model, nothing, elbo(), { noise: keyedNoise(key(0)), params });
  expect(gradients).toEqual(exact);
  const made = svi({
    model: () => model,
    guide: () => nothing,
    objective: elbo(),
    optimizer: adam(0.05),
  });
  const found = made.gradients(made.init(key(0)), undefined);
  // Of the loss, which is minimised.
  expect([...(found['a']?.dataSync() ?? [])]).toEqual(exact.a.map((g) => -g));
  expect([...(found['b']?.dataSync() ?? [])]).toEqual(exact.b.map((g) => -g));
  tf.dispose([start, params.b]);
});

describe('in a run', () => {
  it('a program that differentiates sees one draw of several', () => {
    const seen: (readonly number[])[] = [];
    const model = program(function* () {
      const z = yield* sample('z', independent(normal([0, 1], 1)));
      seen.push(z.shape);
      return grad((v: Tensor) => tf.prod(v))(z);
    });
    const { result, sites } = trace(model, { key: key(1), particles: 4 });
    const z = [...(sites.z?.value.dataSync() ?? [])];
    expect(result.shape).toEqual([4, 2]);
    expect(new Set(seen.map(String))).toEqual(new Set(['2']));
    [...result.dataSync()].forEach((g, i) =>
      expect(g).toBeCloseTo(z[i % 2 === 0 ? i + 1 : i - 1] ?? NaN, 5),
    );
    expect(simulate(model, { key: key(1) }).shape).toEqual([2]);
  });
});
