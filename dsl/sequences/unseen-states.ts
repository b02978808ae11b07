/** The states of a linear Gaussian state space of which nothing is seen: their moments, and draws of them. */
import * as tf from '@tensorflow/tfjs';
import { matMul } from '../numerics/linear-algebra.js';
import { associativeScan } from '../tensors/associative-scan.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';
import { through } from './gaussian-elements.js';
import { type Moments, asStep } from './kalman.js';
import type { StateSpace } from './state-space.js';

/** Maps of a state with noise: x ↦ A x + b, and what covariance is added. */
type Step = { readonly move: Tensor; readonly mean: Tensor; readonly covariance: Tensor };

const afterBoth = (f: Step, g: Step): Step => ({
  move: matMul(g.move, f.move),
  mean: tf.add(matMul(g.move, f.mean), g.mean),
  covariance: tf.add(through(g.move, f.covariance), g.covariance),
});

/** The states' own law, of which nothing is seen: means `[..., steps, n, 1]` and covariances. */
export const unseen = (space: StateSpace): Moments => {
  const { steps, states, batchShape, move, moveNoise } = space;
  const { offset, covariance } = asStep(space);
  const filled = (x: Tensor, count: number, width: number): Tensor =>
    expandTo(x, [...batchShape, count, states, width]);
  const first: Step = {
    move: tf.zeros([...batchShape, 1, states, states]),
    mean: filled(tf.expandDims(offset, -1), 1, 1),
    covariance: filled(covariance, 1, states),
  };
  if (steps === 1) return first;
  const axis = batchShape.length;
  const both = (a: Tensor, b: Tensor): Tensor => tf.concat([a, b], axis);
  return associativeScan(
    afterBoth,
    {
      move: both(first.move, filled(move, steps - 1, states)),
      mean: both(first.mean, filled(tf.expandDims(moveNoise.offset, -1), steps - 1, 1)),
      covariance: both(first.covariance, filled(moveNoise.covariance, steps - 1, states)),
    },
    { axis },
  );
};

/** States `[..., steps, n, columns]` of noise of the first, `[..., 1, n, columns]`, and of each move. */
export const statesOf = (space: StateSpace, first: Tensor, moves: Tensor | undefined): Tensor => {
  const { steps, states, batchShape, start, move, moveNoise } = space;
  const begin = tf.add(
    tf.expandDims(asStep(space).offset, -1),
    matMul(tf.expandDims(start.factor, -3), first),
  );
  const columns = first.shape.at(-1) ?? 1;
  const filled = (x: Tensor, count: number, width: number): Tensor =>
    expandTo(x, [...batchShape, count, states, width]);
  if (moves === undefined) return filled(begin, 1, columns);
  const added = tf.add(tf.expandDims(moveNoise.offset, -1), matMul(moveNoise.factor, moves));
  const axis = batchShape.length;
  type Map = { readonly move: Tensor; readonly mean: Tensor };
  const after = (f: Map, g: Map): Map => ({
    move: matMul(g.move, f.move),
    mean: tf.add(matMul(g.move, f.mean), g.mean),
  });
  const none = tf.zeros([...batchShape, 1, states, states]);
  return associativeScan(
    after,
    {
      move: tf.concat([none, filled(move, steps - 1, states)], axis),
      mean: tf.concat([filled(begin, 1, columns), filled(added, steps - 1, columns)], axis),
    },
    { axis },
  ).mean;
};
