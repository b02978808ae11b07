/**
 * Paths of states, drawn from noise or the likeliest, by maps: what the next state is, for each that the chain
 * may be in. Maps of steps that follow each other are one map, so that running ones need no loop over time.
 */
import * as tf from '@tensorflow/tfjs';
import { elementAlong } from '../tensors/along.js';
import { associativeScan } from '../tensors/associative-scan.js';
import { swapped } from '../numerics/matrices/factors.js';
import { withoutGradient } from '../tensors/gradient.js';
import { dropLast } from '../tensors/shape.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';

/** g[f[i]] of maps `[..., k]` of the numbers from 0 to k − 1. */
const after = (f: Tensor, g: Tensor): Tensor => {
  const states = tf.range(0, f.shape.at(-1) ?? 1);
  const chosen = tf.cast(tf.equal(tf.expandDims(f, -1), states), 'float32');
  return tf.sum(tf.mul(chosen, tf.expandDims(g, -2)), -1);
};

/** The place of the largest entry of each row, as a number. */
const likeliest = (scores: Tensor): Tensor => tf.cast(tf.argMax(scores, -1), 'float32');

/** The same state wherever the chain was: `[...]` to `[..., 1, k]`. */
const constant = (state: Tensor, k: number): Tensor =>
  expandTo(tf.expandDims(tf.expandDims(state, -1), -1), [...state.shape, 1, k]);

/** Of maps `[..., steps, k]`, one of which is constant at an end, what the running ones come to: `[..., steps]`. */
const followed = (maps: Tensor, reverse: boolean): Tensor =>
  elementAlong(associativeScan(after, maps, { axis: maps.rank - 2, reverse }), -1, 0);

/**
 * The path that begins where `first`, `[..., k]`, is largest and goes from i to where row i of `moves`,
 * `[..., steps − 1, k, k]`, is: `[..., steps]`. Where scores are log chances with Gumbel noise it is a draw.
 */
export const pathFrom = (first: Tensor, moves: Tensor | undefined): Tensor =>
  withoutGradient(moves ? [first, moves] : [first], ([f = first, m]) => {
    const start = likeliest(f);
    if (m === undefined) return tf.expandDims(start, -1);
    const maps = likeliest(m);
    const left = dropLast(maps.shape, 2);
    const begin = constant(expandTo(start, left), maps.shape.at(-1) ?? 1);
    return followed(tf.concat([begin, maps], maps.rank - 2), false);
  });

/** The same from the last state on: `moves` has in row j of step t where the chain was at t, if it is in j at t + 1. */
export const pathTo = (last: Tensor, moves: Tensor | undefined): Tensor =>
  withoutGradient(moves ? [last, moves] : [last], ([f = last, m]) => {
    const end = likeliest(f);
    if (m === undefined) return tf.expandDims(end, -1);
    const maps = likeliest(m);
    const left = dropLast(maps.shape, 2);
    const finish = constant(expandTo(end, left), maps.shape.at(-1) ?? 1);
    return followed(tf.concat([maps, finish], maps.rank - 2), true);
  });

/** Scores of where the chain was, j by i, of scores of where it goes, i by j, and of where it is, i. */
export const backwards = (here: Tensor, moves: Tensor): Tensor =>
  tf.add(swapped(moves), tf.expandDims(here, -2));
