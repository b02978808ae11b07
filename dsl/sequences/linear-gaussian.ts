import * as tf from '@tensorflow/tfjs';
import type { Domain } from '../checks/domain.js';
import { type Distribution, checkValue } from '../law/distribution.js';
import { diagonal, matMul, triangularLogDet } from '../numerics/linear-algebra.js';
import { HALF_LOG_TWO_PI } from '../numerics/special.js';
import { type ArrayOf, type Real, arrayOf, real } from '../supports/index.js';
import { baseNoise } from '../tensors/noise.js';
import { type Tensor, type TensorLike, asTensor, expandTo } from '../tensors/tensor.js';
import { columnsOf } from './columns.js';
import { through } from './gaussian-elements.js';
import {
  type Moments,
  factorsOf,
  filter,
  logDensity,
  predicted,
  smoother,
  viewOf,
} from './kalman.js';
import { type StateSpaceOptions, stateSpaceOf } from './state-space.js';
import { statesOf, unseen } from './unseen-states.js';

/** Laws of the states of a series: means `[..., steps, n]`, and covariances `[...batch, steps, n, n]`, which all series share. */
export interface StateMoments {
  readonly mean: Tensor;
  readonly covariance: Tensor;
}

/** A law of series, with what a series says of the states behind it. */
export interface LinearGaussianStateSpace extends Distribution<ArrayOf<Real>, 'pathwise'> {
  /** p(state at t | the series up to t): what the Kalman filter finds. */
  readonly filtered: (series: TensorLike) => StateMoments;
  /** p(state at t | the whole series): what the Rauch-Tung-Striebel smoother finds. */
  readonly smoothed: (series: TensorLike) => StateMoments;
}

/** What was not observed may be anything, where the mask is one of all series. */
const whereKept = (mask: Tensor, width: number): Domain => ({
  words: 'finite where its mask is 1',
  cure: 'leave out what is missing by mask',
  rank: 2,
  entry: () => true,
  together: (entries) => {
    const kept = mask.rank === 2 ? mask.dataSync() : [];
    const each = mask.shape.at(-1) === 1 ? width : 1;
    const value = entries.find((x, i) => !Number.isFinite(x) && kept[Math.floor(i / each)] === 1);
    return value === undefined ? undefined : { value };
  },
});

/**
 * A series of observations of a state that moves by linear maps with normal noise, the states integrated out.
 *
 * x₁ ~ N(m, P), x_t = F x_{t−1} + G w_t, y_t = H x_t + v_t with normal w and v; log p(y) = Σ log N(y_t; E[y_t | y_1…y_{t−1}], …), in
 * nats: the Kalman filter, as running combinations whose depth is the logarithm of the number of steps.
 *
 * - Shapes: `transitionMatrix` F is `[..., n, n]`, `observationMatrix` H `[..., d, n]`; the laws of the first state and of the
 *   noises are normal vectors, `multivariateNormal` or `independent(normal(…))`, whose means are the offsets. An event is
 *   `[steps, d]`, batch what is left, broadcast. What `timeVarying` names has an axis of steps left of these: of steps − 1 for
 *   what moves the state, the first from step 1 to step 2, of steps for what is observed.
 * - `selectionMatrix` G, `[..., n, q]`, is for noise that reaches part of the state, as that of a trend or an autoregression.
 * - `mask` is 1 where a number was observed: others say nothing, and may be NaN.
 * - Beside what every law has it gives `filtered` and `smoothed`, of a series.
 * - Gradient: pathwise, a draw is linear in its noise. Where there is a mask draws are whole.
 * - Edges: observation noise must be positive definite; that of the states need not be, by G. Covariances are in
 *   float32, systems are solved in double precision.
 * - Errors: laws and matrices that do not fit are a `RangeError`.
 * - Source: Särkkä and García-Fernández 2021, Temporal Parallelization of Bayesian Smoothers,
 *   doi:10.1109/TAC.2020.2976316; Durbin and Koopman 2012, Time Series Analysis by State Space Methods, chapter 4.
 *
 * @example
 * ```ts
 * // A level that wanders, seen with noise; the third value is missing.
 * const level = linearGaussianStateSpace({
 *   steps: 4,
 *   initialState: independent(normal([0], 10)),
 *   transitionMatrix: [[1]],
 *   transitionNoise: independent(normal([0], 0.5)),
 *   observationMatrix: [[1]],
 *   observationNoise: independent(normal([0], 1)),
 *   mask: [[1], [1], [0], [1]],
 * });
 * const series = tf.tensor2d([[1], [1.5], [NaN], [3]]);
 * level.logProb(series).dataSync()[0]; // -6.6171131
 * level.smoothed(series).mean.arraySync(); // [[1.5873014], [1.7380954], [1.9484127], [2.1587303]]
 * ```
 */
export const linearGaussianStateSpace = (options: StateSpaceOptions): LinearGaussianStateSpace => {
  const space = stateSpaceOf(options);
  const { steps, width, states, noises, batchShape, view, viewNoise, axes } = space;
  const { initialState, transitionNoise, observationNoise, timeVarying = [], mask } = options;
  const shapes = {
    family: { name: 'LinearGaussianStateSpace', axes },
    batchShape,
    eventShape: [steps, width],
  };
  const columnsIn = (series: TensorLike) => {
    const value = asTensor(series, 'linearGaussianStateSpace');
    checkValue(shapes, value);
    return columnsOf(value, batchShape);
  };
  const momentsBy =
    (method: typeof filter) =>
    (series: TensorLike): StateMoments => {
      const { columns, back } = columnsIn(series);
      const { mean, covariance } = method(space, viewOf(space, columns));
      return { mean: back(mean), covariance };
    };
  const entropy = (): Tensor => {
    const seen = viewOf(space, tf.zeros([...batchShape, steps, width, 1]));
    const logDets = triangularLogDet(factorsOf(seen, predicted(space, filter(space, seen))));
    return tf.add(tf.sum(logDets, -1), steps * width * (0.5 + HALF_LOG_TWO_PI));
  };
  const observedOf = ({ mean }: Pick<Moments, 'mean'>): Tensor =>
    tf.add(matMul(view, mean), tf.expandDims(viewNoise.offset, -1));
  return {
    ...shapes,
    parameters: space.parameters,
    arguments: space.arguments,
    structure: {
      _tag: 'parts',
      parts: [
        { law: initialState, axes: 0 },
        { law: transitionNoise, axes: timeVarying.includes('transitionNoise') ? 1 : 0 },
        { law: observationNoise, axes: timeVarying.includes('observationNoise') ? 1 : 0 },
      ],
    },
    support: arrayOf(real, 2),
    ...(mask !== undefined && { values: whereKept(asTensor(mask), width) }),
    sampler: {
      gradient: 'pathwise',
      noise: [
        baseNoise('normal', [1, states]),
        ...(steps === 1 ? [] : [baseNoise('normal', [steps - 1, noises])]),
        baseNoise('normal', [steps, width]),
      ],
      draw: (blocks) => {
        const [first, ...others] = blocks.map((block) => columnsOf(block, batchShape));
        const last = others.at(-1);
        if (first === undefined || last === undefined) throw new Error('draw: no noise came.');
        const moves = steps === 1 ? undefined : others[0]?.columns;
        const mean = statesOf(space, first.columns, moves);
        return {
          value: last.back(tf.add(observedOf({ mean }), matMul(viewNoise.factor, last.columns))),
        };
      },
    },
    logProb: (series) => {
      const { columns, back } = columnsIn(series);
      return back(logDensity(space, viewOf(space, columns)));
    },
    mean: () => tf.squeeze(observedOf(unseen(space)), [-1]),
    variance: () =>
      expandTo(diagonal(tf.add(through(view, unseen(space).covariance), viewNoise.covariance)), [
        ...batchShape,
        steps,
        width,
      ]),
    // What a mask leaves out is drawn, and has no density.
    ...(mask === undefined && { entropy }),
    ...(mask !== undefined && {
      unmasked: () => {
        const { mask: _, ...whole } = options;
        return linearGaussianStateSpace(whole);
      },
    }),
    filtered: momentsBy(filter),
    smoothed: momentsBy(smoother),
  };
};
