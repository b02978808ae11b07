/** Networks as functions of tensors: their derivatives inside programs and penalties, compiled and eager. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  elbo,
  evaluation,
  key,
  normal,
  observe,
  param,
  program,
  sample,
  sgd,
  simulate,
  svi,
} from 'marginalia';
import { grad, jacobian, vmap } from 'marginalia/autodiff';
import { of } from 'marginalia/monad';
import { apply, dense, dropout, functionOf, mlp } from 'marginalia/nn';
import { type Joint, minimize, paramsIn, penalized } from 'marginalia/objectives';
import { afterAll, describe, expect, it } from 'vitest';
import { engines, numbersBy } from '../../compile/in-engines.js';

const encoder = mlp('encoder', { hidden: [4], out: 3, activation: 'tanh' });
const rows = tf.keep(
  tf.tensor2d([
    [0.5, -0.2],
    [0.1, 0.7],
    [-0.4, 0.3],
  ]),
);
afterAll(() => rows.dispose());

/** ‖∂h/∂x‖², averaged over rows. */
const contraction = (h: (x: Tensor) => Tensor, x: Tensor): Tensor =>
  tf.mean(vmap((row: Tensor) => tf.sum(tf.square(jacobian(h)(row))))(x));

const contractive = (x: Tensor) =>
  program(function* () {
    return contraction(yield* functionOf(encoder, x), x);
  });

/** The same by central differences of the network's outputs. */
const byDifferences = (params: Readonly<Record<string, Tensor>>): number => {
  const h = apply(encoder, params);
  const step = 1e-2;
  const columns = [0, 1].map((i) => {
    const shift = tf.mul(tf.oneHot(tf.tensor1d([i], 'int32'), 2), step);
    return tf.div(tf.sub(h(tf.add(rows, shift)), h(tf.sub(rows, shift))), 2 * step);
  });
  return columns.reduce(
    (so, column) => so + (tf.mean(tf.sum(tf.square(column), -1)).dataSync()[0] ?? NaN),
    0,
  );
};

describe('a network as a function', () => {
  const inference = svi({ ...minimize(contractive), optimizer: sgd(0.1) });

  it.each(engines)(
    'has an exact Jacobian for a penalty, and slopes of that, %s',
    async (engine) => {
      const state = inference.init(key(1), rows);
      const found = await numbersBy(
        engine,
        (params, noise, batch) => {
          const at = { ...state, params, step: tf.scalar(0) };
          return { loss: inference.bound(at, noise, batch['x'] ?? rows).loss };
        },
        state.params,
        { x: rows },
      );
      const exact = byDifferences(state.params);
      expect((found['loss']?.[0] ?? NaN) / exact).toBeCloseTo(1, 3);
      const name = 'encoder/0/kernel';
      const slopes = inference.gradients(state, rows)[name] ?? tf.scalar(NaN);
      const weights = state.params[name] ?? tf.scalar(NaN);
      const moved = (by: number): number => {
        const one = tf.reshape(tf.oneHot(tf.scalar(1, 'int32'), weights.size), weights.shape);
        return byDifferences({ ...state.params, [name]: tf.add(weights, tf.mul(one, by)) });
      };
      expect(slopes.dataSync()[1]).toBeCloseTo((moved(0.01) - moved(-0.01)) / 0.02, 2);
    },
  );

  it('is one in a penalty, of the parameters of a joint draw', () => {
    const model = (x: Tensor) =>
      program(function* () {
        const h = yield* encoder(x);
        yield* observe('y', normal(tf.sum(h), 1), 0);
        yield* sample('z', normal(0, 1));
      });
    const plain = { model, guide: () => sample('z', normal(0, 1)), optimizer: sgd(0.1) };
    const penalty = (joint: Joint): Tensor => contraction(apply(encoder, paramsIn(joint)), rows);
    const two = [elbo({ particles: 2 }), penalized(elbo({ particles: 2 }), { penalty })] as const;
    const [without, with_] = two.map((objective) => svi({ ...plain, objective }));
    const state = with_?.init(key(1), rows);
    if (state === undefined || without === undefined || with_ === undefined) throw new Error();
    const losses = [without, with_].map((i) => i.evaluate(state, rows).loss.dataSync()[0] ?? NaN);
    expect((losses[1] ?? NaN) - (losses[0] ?? NaN)).toBeCloseTo(byDifferences(state.params), 3);
  });

  it('does at evaluation what its layers do', () => {
    const layer = (x: Tensor) =>
      program(function* () {
        const h = yield* dense('d', { units: 1, bias: false, kernel: () => tf.ones([2, 1]) })(x);
        return yield* dropout('drop', { rate: 0.5 })(h);
      });
    const f = (evaluated: boolean) =>
      program(function* () {
        const x = tf.tensor2d([[1, 2]]);
        const body = functionOf(layer, x);
        const h = yield* evaluated ? evaluation(body) : body;
        return h(x);
      });
    expect(simulate(f(true), { key: key(0) }).dataSync()[0]).toBe(3);
    expect(() => simulate(f(false), { key: key(0) })).toThrow(/'noise' in it.*evaluation\(net/s);
  });

  it('says which parameter is missing, and what it cannot be', () => {
    expect(() => apply(encoder, {})(rows)).toThrow(/param 'encoder\/0\/kernel'.*paramsIn/s);
    const draws = (x: Tensor) => sample('z', normal(x, 1));
    expect(() => apply(draws, {})(rows)).toThrow(/'sample' in it/);
  });

  it('has slopes by its parameters', () => {
    const line = (x: Tensor) =>
      program(function* () {
        return tf.mul(yield* param('a', 2), x);
      });
    const slope = grad((a: Tensor) => tf.sum(apply(line, { a })(tf.tensor1d([1, 2, 3]))));
    expect(slope(tf.scalar(5)).dataSync()[0]).toBe(6);
    expect(simulate(of(0), {})).toBe(0);
  });
});
