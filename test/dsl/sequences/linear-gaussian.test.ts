/** Linear Gaussian state spaces: dense normals and a Kalman filter in double precision, gaps, gradients, executors. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { type Tensor, categorical, independent, multivariateNormal, normal } from 'marginalia';
import { grad, valueAndGrad } from 'marginalia/autodiff';
import { compile } from 'marginalia/compile';
import { type StateSpaceOptions, linearGaussianStateSpace } from 'marginalia/distributions';
import { invalidArgument, invalidValue } from '../../../dsl/law/validity.js';
import {
  type Matrix,
  type Moments,
  type Space,
  column,
  denseOf,
  inverted,
  kalman,
  plus,
  times,
  turned,
} from './kalman-in-double.js';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];
const listOf = <A>(n: number, f: (i: number) => A): readonly A[] =>
  Array.from({ length: n }, (_, i) => f(i));
const tensorOf = (m: Matrix): Tensor => tf.tensor2d(m.map((row) => [...row]));
const stackOf = (ms: readonly Matrix[]): Tensor => tf.stack(ms.map(tensorOf));

const expectClose = (received: Tensor, expected: readonly number[], slack = 1e-4): void => {
  const got = numbers(received);
  expect(got).toHaveLength(expected.length);
  got.forEach((g, i) => {
    const e = expected[i] ?? Number.NaN;
    expect(Math.abs(g - e), `${g} for ${e}`).toBeLessThan(slack * (1 + Math.abs(e)));
  });
};

/** Two states, of which noise reaches one, seen in three numbers that are offset; all of it changes with time. */
const STEPS = 5;
const selection: Matrix = [[0.5], [1]];
const space: Space = {
  m: [0.5, -1],
  P: [
    [1.5, 0.25],
    [0.25, 0.75],
  ],
  F: (t) => [
    [0.9, 0.3 + 0.1 * t],
    [-0.2, 0.8],
  ],
  u: [0.125, 0.25],
  Q: [
    [0.0625, 0.125],
    [0.125, 0.25],
  ],
  H: (t) => [
    [1, 0.1 * t],
    [0, 1],
    [0.5, -0.5],
  ],
  v: [0, 0.5, -0.25],
  R: [
    [0.5, 0.1, 0],
    [0.1, 0.25, 0.05],
    [0, 0.05, 1],
  ],
};
const given = (mask?: Matrix): StateSpaceOptions => ({
  steps: STEPS,
  initialState: multivariateNormal([...space.m], { covariance: tensorOf(space.P) }),
  transitionMatrix: stackOf(listOf(STEPS - 1, space.F)),
  transitionNoise: independent(normal([0.25], 0.5)),
  selectionMatrix: tensorOf(selection),
  observationMatrix: stackOf(listOf(STEPS, space.H)),
  observationNoise: multivariateNormal([...space.v], { covariance: tensorOf(space.R) }),
  timeVarying: ['transitionMatrix', 'observationMatrix'],
  ...(mask && { mask: tensorOf(mask) }),
});
const series: Matrix = listOf(STEPS, (t) => listOf(3, (i) => Math.sin(3 * t + i) * 2));

const meansOf = (all: readonly Moments[]): readonly number[] =>
  all.flatMap(({ mean }) => mean.flat());
const covariancesOf = (all: readonly Moments[]): readonly number[] =>
  all.flatMap(({ covariance }) => covariance.flat());

describe('a state space that changes with time', () => {
  const law = linearGaussianStateSpace(given());

  it('is a normal law of all numbers together', () => {
    const { mean, covariance } = denseOf(space, STEPS);
    const r = plus(column(series.flat()), mean, -1);
    const { inverse, logDet } = inverted(covariance);
    const constant = 0.5 * (logDet + 3 * STEPS * Math.log(2 * Math.PI));
    const squares = times(times(turned(r), inverse), r)[0]?.[0] ?? Number.NaN;
    expectClose(law.logProb(tensorOf(series)), [-0.5 * squares - constant], 1e-5);
    expectClose(law.mean?.() ?? tf.scalar(0), mean.flat());
    expectClose(
      law.variance?.() ?? tf.scalar(0),
      covariance.map((row, i) => row[i] ?? Number.NaN),
    );
    expectClose(law.entropy?.() ?? tf.scalar(0), [constant + 1.5 * STEPS]);
  });

  it('tells states by what was seen up to them, and by all', () => {
    const exact = kalman(space, series);
    const { filtered, smoothed } = {
      filtered: law.filtered(tensorOf(series)),
      smoothed: law.smoothed(tensorOf(series)),
    };
    expectClose(filtered.mean, meansOf(exact.filtered));
    expectClose(filtered.covariance, covariancesOf(exact.filtered));
    expectClose(smoothed.mean, meansOf(exact.smoothed));
    expectClose(smoothed.covariance, covariancesOf(exact.smoothed));
  });

  it('leaves out what was not observed, numbers and whole steps', () => {
    const mask = series.map((row, t) => row.map((_, i) => Number(t !== 2 && (t + i) % 4 !== 0)));
    const gaps = series.map((row, t) => row.map((x, i) => (mask[t]?.[i] === 1 ? x : Number.NaN)));
    const exact = kalman(space, gaps);
    const masked = linearGaussianStateSpace(given(mask));
    expectClose(masked.logProb(tensorOf(gaps)), [exact.logProb], 1e-5);
    expectClose(masked.smoothed(tensorOf(gaps)).mean, meansOf(exact.smoothed));
    expectClose(masked.smoothed(tensorOf(gaps)).covariance, covariancesOf(exact.smoothed));
    expect(invalidValue(masked, tensorOf(gaps))).toBeUndefined();
    const never = gaps.map((row) => row.map(() => Number.NaN));
    expect(invalidValue(masked, tensorOf(never))?.outside.value).toBeNaN();
    const steps = series.map((_, t) => [Number(t !== 0 && t !== 3)]);
    const missing = series.map((row, t) => row.map((x) => (steps[t]?.[0] === 1 ? x : Number.NaN)));
    const whole = linearGaussianStateSpace(given(steps));
    expectClose(whole.logProb(tensorOf(missing)), [kalman(space, missing).logProb], 1e-5);
    expect(masked.unmasked?.().entropy).toBeDefined();
  });

  it('takes many series, and batches of parameters', () => {
    const one = tensorOf(series);
    const many = tf.stack([one, tf.mul(one, 0.5), tf.neg(one)]);
    expectClose(
      law.logProb(many),
      [one, tf.mul(one, 0.5), tf.neg(one)].flatMap((x) => numbers(law.logProb(x))),
      1e-6,
    );
    const of2 = (noise: Tensor) =>
      linearGaussianStateSpace({
        ...given(),
        observationNoise: independent(normal([0, 0.5, -0.25], noise)),
      });
    const noises = tf.tensor2d([
      [1, 2, 1],
      [0.5, 1, 2],
    ]);
    const batched = of2(noises);
    expect(batched.batchShape).toEqual([2]);
    const each = tf.unstack(noises).map(of2);
    const expected = tf.unstack(many).flatMap((x) => each.flatMap((d) => numbers(d.logProb(x))));
    const received = batched.logProb(tf.expandDims(many, 1));
    expect(received.shape).toEqual([3, 2]);
    expectClose(received, expected, 1e-6);
    const smoothed = batched.smoothed(tf.expandDims(many, 1));
    expect(smoothed.mean.shape).toEqual([3, 2, STEPS, 2]);
    expect(smoothed.covariance.shape).toEqual([2, STEPS, 2, 2]);
  });

  it('has the slopes of differences in double precision', () => {
    const at = (phi: number, scale: number): number =>
      kalman(
        {
          ...space,
          F: () => [
            [phi, 0.3],
            [-0.2, 0.8],
          ],
          R: [
            [scale ** 2, 0, 0],
            [0, 1, 0],
            [0, 0, 1],
          ],
        },
        series,
      ).logProb;
    const f = ({ phi, scale }: { readonly phi: Tensor; readonly scale: Tensor }): Tensor =>
      linearGaussianStateSpace({
        ...given(),
        transitionMatrix: tf.add(
          tf.mul(
            phi,
            tf.tensor2d([
              [1, 0],
              [0, 0],
            ]),
          ),
          tf.tensor2d([
            [0, 0.3],
            [-0.2, 0.8],
          ]),
        ),
        timeVarying: ['observationMatrix'],
        observationNoise: independent(
          normal([0, 0.5, -0.25], tf.stack([scale, tf.scalar(1), tf.scalar(1)])),
        ),
      }).logProb(tensorOf(series));
    const h = 1e-5;
    const slopes = grad(f)({ phi: tf.scalar(0.7), scale: tf.scalar(0.8) });
    expectClose(slopes.phi, [(at(0.7 + h, 0.8) - at(0.7 - h, 0.8)) / (2 * h)], 1e-4);
    expectClose(slopes.scale, [(at(0.7, 0.8 + h) - at(0.7, 0.8 - h)) / (2 * h)], 1e-4);
  });
});

describe('long series', () => {
  const steps = 10_000;
  /** A level with a slope, of which nothing is known at first. */
  const trend: Space = {
    m: [0, 0],
    P: [
      [1e4, 0],
      [0, 1e4],
    ],
    F: () => [
      [1, 1],
      [0, 1],
    ],
    u: [0, 0],
    Q: [
      [0.25, 0],
      [0, 1 / 64 ** 2],
    ],
    H: () => [[1, 0]],
    v: [0],
    R: [[4]],
  };
  const long: Matrix = listOf(steps, (t) => [
    Math.fround(20 * Math.sin(t / 500) + 2 * Math.sin(12.9898 * t)),
  ]);
  const lawOf = (count: number) =>
    linearGaussianStateSpace({
      steps: count,
      initialState: independent(normal([0, 0], 100)),
      transitionMatrix: [
        [1, 1],
        [0, 1],
      ],
      transitionNoise: independent(normal([0, 0], [0.5, 1 / 64])),
      observationMatrix: [[1, 0]],
      observationNoise: independent(normal([0], 2)),
    });

  it('of 10,000 steps have log p of double precision', () => {
    const [received = 0] = numbers(lawOf(steps).logProb(tensorOf(long)));
    expect(Math.abs(received / kalman(trend, long).logProb - 1)).toBeLessThan(5e-7);
  });

  it('of 1,000 steps have the smoother of double precision', () => {
    const part = long.slice(0, 1000);
    // What the smoother finds is by the filter from either end.
    const { mean, covariance } = lawOf(1000).smoothed(tensorOf(part));
    const [means, covariances] = [numbers(mean), numbers(covariance)];
    // In units of how well a state is known.
    const errors = kalman(trend, part).smoothed.flatMap((one, t) =>
      [0, 1].map((i) => {
        const variance = one.covariance[i]?.[i] ?? Number.NaN;
        const off = (means[2 * t + i] ?? Number.NaN) - (one.mean[i]?.[0] ?? Number.NaN);
        const wider = (covariances[4 * t + 3 * i] ?? Number.NaN) / variance - 1;
        return Math.max(Math.abs(off) / Math.sqrt(variance), Math.abs(wider));
      }),
    );
    expect(Math.max(...errors)).toBeLessThan(1e-4);
  });
});

describe('a state space', () => {
  const options: StateSpaceOptions = {
    steps: 3,
    initialState: independent(normal([0, 0], 1)),
    transitionMatrix: [
      [1, 0],
      [0, 1],
    ],
    transitionNoise: independent(normal([0, 0], 1)),
    observationMatrix: [[1, 0]],
    observationNoise: independent(normal([0], 1)),
  };

  it('of one step is a normal law', () => {
    const one = linearGaussianStateSpace({ ...options, steps: 1 });
    expectClose(one.logProb(tf.tensor2d([[1]])), [-0.25 - 0.5 * Math.log(4 * Math.PI)], 1e-5);
    expect(one.smoothed([[1]]).mean.arraySync()).toEqual([[0.5, 0]]);
    expect(one.sampler.draw([tf.ones([4, 1, 2]), tf.ones([4, 1, 1])]).value.shape).toEqual([
      4, 1, 1,
    ]);
  });

  it.each(['javascript', 'onnxruntime'] as const)('is the same in %s', async (executor) => {
    const logProb = ({ phi, scale, x }: Readonly<Record<'phi' | 'scale' | 'x', Tensor>>): Tensor =>
      linearGaussianStateSpace({
        ...options,
        transitionMatrix: tf.mul(phi, tf.tensor2d([1, 0.5, 0, 1], [2, 2])),
        observationNoise: independent(normal([0], scale)),
        mask: [[1], [0], [1]],
      }).logProb(x);
    const inputs = {
      phi: tf.scalar(0.5),
      scale: tf.scalar(1.5),
      x: tf.tensor2d([1, 0.5, -1], [3, 1]),
    };
    const slopes = (at: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>> => {
      const { phi = inputs.phi, scale = inputs.scale, x = inputs.x } = at;
      const { value, grad: found } = valueAndGrad(logProb)({ phi, scale, x });
      return { value, phi: found.phi, scale: found.scale, x: found.x };
    };
    const made = await compile(slopes, inputs, { executor })();
    if (E.isLeft(made)) throw new Error(made.left._tag);
    const received = await made.right.run(inputs);
    for (const [name, expected] of Object.entries(slopes(inputs))) {
      expectClose(received[name] ?? tf.scalar(Number.NaN), numbers(expected), 1e-5);
    }
    await made.right.close();
  });

  it('judges what it is made of', () => {
    const wrong = linearGaussianStateSpace({
      ...options,
      observationNoise: independent(normal([0], tf.tensor1d([-1]))),
    });
    expect(invalidArgument(wrong)?.argument.name).toBe('scale');
    const half = linearGaussianStateSpace({ ...options, mask: tf.fill([3, 1], 0.5) });
    expect(invalidArgument(half)?.argument.name).toBe('mask');
  });

  it('refuses what does not fit', () => {
    const by = (changed: Partial<StateSpaceOptions>) => () =>
      linearGaussianStateSpace({ ...options, ...changed });
    expect(by({ transitionMatrix: [[1]] })).toThrow(
      'linearGaussianStateSpace: expected transitionMatrix of shape [..., 2, 2]',
    );
    expect(by({ transitionNoise: independent(normal([0], 1)) })).toThrow('give selectionMatrix');
    expect(by({ initialState: categorical({ probs: [1, 1] }) })).toThrow(
      'expected initialState to be a normal vector, but got Categorical',
    );
    expect(by({ observationMatrix: [[Number.NaN, 0]] })).toThrow('observationMatrix to be finite');
    expect(by({ timeVarying: ['transitionMatrix'] })).toThrow('of shape [..., 2, 2, 2]');
    expect(by({ mask: [[1], [0]] })).toThrow('mask of shape [..., 3, 1]');
    expect(by({ steps: 0 })).toThrow('steps to be a whole number of at least 1');
  });
});
