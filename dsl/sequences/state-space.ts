/** What a linear Gaussian state space is made of, judged, and with an axis of steps everywhere. */
import * as tf from '@tensorflow/tfjs';
import { type Argument, type Given, argumentsOf } from '../checks/argument.js';
import { gaussianOf } from '../distributions/vectors/multivariate-normal.js';
import type { Gaussian } from '../divergences/gaussian.js';
import type { Distribution } from '../law/distribution.js';
import { swapped } from '../numerics/matrices/factors.js';
import { matMul, matVec } from '../numerics/linear-algebra.js';
import { anything, checkOptions, demand, having, required, whole } from '../refusals/options.js';
import { boolean, real } from '../supports/index.js';
import { unequal } from '../tensors/comparison.js';
import type { Shape } from '../tensors/noise.js';
import { broadcastAll, dropLast, showShape } from '../tensors/shape.js';
import { type Tensor, type TensorLike, asTensor } from '../tensors/tensor.js';

/** What may change with time, and then has an axis of steps. */
export type TimeVarying =
  | 'transitionMatrix'
  | 'transitionNoise'
  | 'selectionMatrix'
  | 'observationMatrix'
  | 'observationNoise';

export interface StateSpaceOptions {
  /** How many observations a series has. */
  readonly steps: number;
  /** The law of the state at the first of them, a normal vector of n numbers. */
  readonly initialState: Distribution;
  /** F, `[..., n, n]`. */
  readonly transitionMatrix: TensorLike;
  /** The law of what is added at each transition, a normal vector of n numbers, or of q. */
  readonly transitionNoise: Distribution;
  /** G, `[..., n, q]`, of noise that does not reach all of the state; the identity where left out. */
  readonly selectionMatrix?: TensorLike;
  /** H, `[..., d, n]`. */
  readonly observationMatrix: TensorLike;
  /** The law of what is added to each observation, a normal vector of d numbers. */
  readonly observationNoise: Distribution;
  /** 1 where a number was observed, else 0: `[..., steps, d]`, or `[..., steps, 1]` for whole steps. */
  readonly mask?: TensorLike;
  /** What has an axis of steps on the left of its own: of `steps` for observations, of steps − 1 for transitions. */
  readonly timeVarying?: readonly TimeVarying[];
}

/** A noise that enters by a factor: `[..., steps, n]` and `[..., steps, n, q]`, its covariance `[..., steps, n, n]`. */
export interface Noisy {
  readonly offset: Tensor;
  readonly factor: Tensor;
  readonly covariance: Tensor;
}

/** An axis of steps has length 1 where nothing changes. */
export interface StateSpace {
  readonly steps: number;
  readonly states: number;
  readonly width: number;
  readonly noises: number;
  readonly batchShape: Shape;
  /** Of the first state, without an axis of steps. */
  readonly start: Noisy;
  readonly move: Tensor;
  readonly moveNoise: Noisy;
  readonly view: Tensor;
  readonly viewNoise: Noisy;
  /** 1 or 0, `[..., steps, d]`. */
  readonly kept: Tensor | undefined;
  readonly arguments: readonly Argument[];
  readonly parameters: Readonly<Record<string, Tensor | undefined>>;
  readonly axes: Readonly<Record<string, number>>;
}

const WHO = 'linearGaussianStateSpace';

const VARYING: readonly TimeVarying[] = [
  'transitionMatrix',
  'transitionNoise',
  'selectionMatrix',
  'observationMatrix',
  'observationNoise',
];

/** L Lᵀ. */
const squared = (factor: Tensor): Tensor => matMul(factor, swapped(factor));

const normalVector = (law: Distribution, name: string): Gaussian => {
  const found = gaussianOf(law);
  if (found !== undefined) return found;
  throw new RangeError(
    `${WHO}: expected ${name} to be a normal vector, but got ${law.family.name}; give multivariateNormal(loc, …) or ` +
      'independent(normal(loc, scale)).',
  );
};

/** Throws unless the last axes of something are as they must be. */
const checkLast = (name: string, shape: Shape, last: Shape, why: string): void =>
  demand(
    shape.length >= last.length &&
      last.every((n, i) => n === shape[shape.length - last.length + i]),
    WHO,
    `${name} of shape [..., ${last.join(', ')}], ${why}`,
    showShape(shape),
    'look at its last axes, and at timeVarying',
  );

export const stateSpaceOf = (options: StateSpaceOptions): StateSpace => {
  const law = required(having('a distribution', 'independent(normal([0, 0], 1)), say', 'sampler'));
  checkOptions(WHO, options, {
    steps: required(whole(1)),
    initialState: law,
    transitionMatrix: required(anything),
    transitionNoise: law,
    selectionMatrix: anything,
    observationMatrix: required(anything),
    observationNoise: law,
    mask: anything,
    timeVarying: {
      expected: `a list among ${VARYING.join(', ')}`,
      holds: (given) =>
        Array.isArray(given) && given.every((name) => VARYING.some((known) => known === name)),
      cure: "pass ['transitionMatrix'], say",
    },
  });
  const { steps, timeVarying = [], mask } = options;
  const varies = (name: TimeVarying): boolean => timeVarying.includes(name);
  const initial = normalVector(options.initialState, 'initialState');
  const [n = 1] = options.initialState.eventShape;
  const [d = 1] = options.observationNoise.eventShape;
  const [q = 1] = options.transitionNoise.eventShape;

  const given: Record<string, Given> = {};
  const parameters: Record<string, Tensor> = {};
  const axes: Record<string, number> = {};
  const batches: Shape[] = [options.initialState.batchShape];
  /** A matrix, with an axis of steps. */
  const matrix = (name: TimeVarying, x: TensorLike, last: Shape, count: number): Tensor => {
    const own = varies(name) ? [count, ...last] : last;
    const tensor = asTensor(x, WHO);
    checkLast(name, tensor.shape, own, 'by its neighbours');
    given[name] = [x, tensor, real, own.length];
    parameters[name] = tensor;
    axes[name] = own.length;
    batches.push(dropLast(tensor.shape, own.length));
    return varies(name) ? tensor : tf.expandDims(tensor, -3);
  };
  const noise = (
    name: 'transitionNoise' | 'observationNoise',
    count: number,
    by?: Tensor,
  ): Noisy => {
    const { loc, scaleTril } = normalVector(options[name], name);
    const own = varies(name) ? [count] : [];
    checkLast(`the batch of ${name}`, options[name].batchShape, own, 'the steps that it is for');
    batches.push(dropLast(options[name].batchShape, own.length));
    const offset = varies(name) ? loc : tf.expandDims(loc, -2);
    const factor = varies(name) ? scaleTril : tf.expandDims(scaleTril, -3);
    const [moved, entering] = by ? [matVec(by, offset), matMul(by, factor)] : [offset, factor];
    return { offset: moved, factor: entering, covariance: squared(entering) };
  };
  const move = matrix('transitionMatrix', options.transitionMatrix, [n, n], steps - 1);
  const { selectionMatrix } = options;
  const selection =
    selectionMatrix === undefined
      ? undefined
      : matrix('selectionMatrix', selectionMatrix, [n, q], steps - 1);
  demand(
    selection !== undefined || q === n,
    WHO,
    `transitionNoise of the ${n} numbers of a state`,
    `${q}`,
    'give selectionMatrix, of shape [..., n, q], for noise that does not reach all of it',
  );
  const view = matrix('observationMatrix', options.observationMatrix, [d, n], steps);
  const moveNoise = noise('transitionNoise', steps - 1, selection);
  const viewNoise = noise('observationNoise', steps);
  let kept: Tensor | undefined;
  if (mask !== undefined) {
    const tensor = asTensor(mask, WHO);
    const wide = tensor.shape.at(-1) === 1 ? [steps, 1] : [steps, d];
    checkLast('mask', tensor.shape, wide, 'a number for each observed one, or for each step');
    given['mask'] = [mask, tensor, boolean, 2];
    parameters['mask'] = tensor;
    axes['mask'] = 2;
    batches.push(dropLast(tensor.shape, 2));
    kept = tf.add(unequal(tensor, tf.scalar(0)), tf.zeros([d]));
  }
  return {
    steps,
    states: n,
    width: d,
    noises: q,
    batchShape: broadcastAll(WHO, batches),
    start: {
      offset: initial.loc,
      factor: initial.scaleTril,
      covariance: squared(initial.scaleTril),
    },
    move,
    moveNoise,
    view,
    viewNoise,
    kept,
    arguments: argumentsOf(WHO, given),
    parameters,
    axes,
  };
};
