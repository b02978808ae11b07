/** Guides of flows for a Gaussian process, of which α L u is the log rate of counts. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  bijectors,
  independent,
  logNormal,
  normal,
  param,
  positive,
  program,
  sample,
  transformed,
} from 'marginalia';
import { inverseAutoregressive, stacked } from 'marginalia/nn';
import { linearAlgebra } from 'marginalia/tensors';

const { cholesky, matMul, matVec, triangularInverse } = linearAlgebra;

/** Places and counts. */
export const columns = (rows: Tensor) => {
  const [x, k] = tf.unstack(rows, 1);
  return { x: x ?? rows, k: k ?? rows };
};

/**
 * The share of its size that the process has anew at every point. The reference has 1e-10, which float32 cannot
 * hold beside 1; with this much a log rate is moved by 0.005, a twentieth of what is known of the best known.
 */
const JITTER = 3e-6;

/** L, with L Lᵀ = exp(−(x_i − x_j)² / 2 ρ²). */
export const factorOf = (x: Tensor, rho: Tensor): Tensor => {
  const apart = tf.div(tf.sub(tf.expandDims(x, 1), x), rho);
  const correlation = tf.exp(tf.mul(tf.square(apart), -0.5));
  return cholesky(tf.add(correlation, tf.mul(tf.eye(x.size), JITTER)));
};

/** Where the prior is. */
export const [LOG_RHO, LOG_ALPHA] = [Math.log(25 / 4), Math.log(1.5)];

/** Log-normal laws of α, and of ρ given α. */
const scales = program(function* () {
  const own = function* (name: string, start: number, spread: number) {
    const loc = yield* param(`${name}/loc`, start);
    return [loc, yield* param(`${name}/scale`, spread, { support: positive })] as const;
  };
  const alpha = yield* sample('alpha', logNormal(...(yield* own('alpha', LOG_ALPHA, 0.3))));
  const a = tf.div(tf.sub(tf.log(alpha), LOG_ALPHA), 0.5);
  const [loc, scale] = yield* own('rho', LOG_RHO, 0.1);
  const slope = yield* param('rho/slope', 0);
  const rho = yield* sample('rho', logNormal(tf.add(loc, tf.mul(slope, a)), scale));
  const r = tf.div(tf.sub(tf.log(rho), LOG_RHO), 0.2);
  return { alpha, rho, context: tf.stack([a, r]) };
});

/** A flow of u that bends with α and ρ. */
const bent = (dim: number, context: Tensor) =>
  stacked(2, (i) =>
    inverseAutoregressive(`unit/${i}`, { dim, hidden: [32, 32], activation: 'tanh', context }),
  );

/**
 * u by a flow conditional on α and ρ, which is told nothing: given these the data leave f = α L u little room, so that
 * u must bend with them, which no one normal law does.
 */
export const byFlow = (rows: Tensor) =>
  program(function* () {
    const { x } = columns(rows);
    const { context } = yield* scales;
    const flow = yield* bent(x.size, context);
    yield* sample('unit', transformed(independent(normal(tf.zerosLike(x), 1)), flow));
  });

/**
 * The flow before a map that knows how u hangs on α and ρ: the posterior of u where each f_i was seen with normal noise, at
 * places and with weights that are learned, is normal with precision I + (αL)ᵀ W αL. The flow has what is left to tell.
 */
export const byPulledFlow = (rows: Tensor) =>
  program(function* () {
    const { x, k } = columns(rows);
    const { alpha, rho, context } = yield* scales;
    const flow = yield* bent(x.size, context);
    // Where the counts have their likelihood, and how narrow it is there.
    const told = yield* param('unit/told', tf.log(tf.add(k, 0.5)));
    const weight = yield* param('unit/weight', tf.add(k, 0.5), { support: positive });
    const factor = tf.mul(alpha, factorOf(x, rho));
    const weighed = tf.transpose(tf.mul(tf.expandDims(weight, -1), factor));
    const root = cholesky(tf.add(tf.eye(x.size), matMul(weighed, factor)));
    const back = tf.transpose(triangularInverse(root));
    const loc = matVec(matMul(back, tf.transpose(back)), matVec(weighed, told));
    const whole = bijectors.compose(flow, bijectors.matrixAffine(loc, back));
    yield* sample('unit', transformed(independent(normal(tf.zerosLike(x), 1)), whole));
  });
