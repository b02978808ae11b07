/** Filters, smoothers and densities of linear Gaussian state spaces, by running combinations of what steps say. */
import * as tf from '@tensorflow/tfjs';
import { solveRows, swapped } from '../numerics/matrices/factors.js';
import { cholesky, diagonalMatrix, matMul, triangularLogDet } from '../numerics/linear-algebra.js';
import { HALF_LOG_TWO_PI } from '../numerics/special.js';
import { along, initAlong, tailAlong } from '../tensors/along.js';
import { associativeScan } from '../tensors/associative-scan.js';
import { choose } from '../tensors/comparison.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';
import {
  type Said,
  type View,
  saidByBoth,
  saidByOne,
  through,
  toldOf,
} from './gaussian-elements.js';
import type { StateSpace } from './state-space.js';

export type Moments = Pick<Said, 'mean' | 'covariance'>;

/** What is seen, with its offset taken off; what was not observed says nothing, whatever it holds. */
export const viewOf = ({ view, viewNoise, kept }: StateSpace, columns: Tensor): View => {
  const seen = tf.sub(columns, tf.expandDims(viewNoise.offset, -1));
  if (kept === undefined) return { view, noise: viewNoise.covariance, seen };
  const rows = tf.expandDims(kept, -1);
  return {
    view: tf.mul(rows, view),
    noise: tf.add(
      tf.mul(tf.mul(rows, viewNoise.covariance), swapped(rows)),
      diagonalMatrix(tf.sub(1, kept)),
    ),
    seen: choose(rows, seen, tf.scalar(0)),
  };
};

/** Of an axis of steps, or of one step that stands for all, the first and the others. */
const firstOf = (x: Tensor): Tensor => along(x, -3, 0, 1);
const othersOf = (x: Tensor): Tensor => (x.shape.at(-3) === 1 ? x : tailAlong(x, -3));

const partOf = (view: View, part: (x: Tensor) => Tensor): View => ({
  view: part(view.view),
  noise: part(view.noise),
  seen: part(view.seen),
});

/** A law of one state, as a step of its own. */
export const asStep = ({
  start,
}: StateSpace): { readonly offset: Tensor; readonly covariance: Tensor } => ({
  offset: tf.expandDims(start.offset, -2),
  covariance: tf.expandDims(start.covariance, -3),
});

/** What the first step says, and what each of the others does. */
const said = (space: StateSpace, view: View): readonly [first: Said, others: Said | undefined] => {
  const { steps, batchShape, states } = space;
  const columns = view.seen.shape.at(-1) ?? 1;
  const filled = (s: Said, count: number): Said => {
    const left = [...batchShape, count, states];
    return {
      move: expandTo(s.move, [...left, states]),
      mean: expandTo(s.mean, [...left, columns]),
      covariance: expandTo(s.covariance, [...left, states]),
      pull: expandTo(s.pull, [...left, columns]),
      precision: expandTo(s.precision, [...left, states]),
    };
  };
  // Nothing comes before the first state, so that it does not move from anywhere.
  const nowhere = tf.zeros([1, states, states]);
  const first = filled(saidByOne(nowhere, asStep(space), partOf(view, firstOf)), 1);
  return [
    first,
    steps === 1
      ? undefined
      : filled(saidByOne(space.move, space.moveNoise, partOf(view, othersOf)), steps - 1),
  ];
};

const joined = (a: Said, b: Said): Said => {
  const both = (x: Tensor, y: Tensor): Tensor => tf.concat([x, y], x.rank - 3);
  return {
    move: both(a.move, b.move),
    mean: both(a.mean, b.mean),
    covariance: both(a.covariance, b.covariance),
    pull: both(a.pull, b.pull),
    precision: both(a.precision, b.precision),
  };
};

/** Each state's law by the steps up to it. */
export const filter = (space: StateSpace, view: View): Moments => {
  const [first, others] = said(space, view);
  return others === undefined
    ? first
    : associativeScan(saidByBoth, joined(first, others), { axis: space.batchShape.length });
};

/** Each state's law by all steps: what the filter has, and what the steps after it say. */
export const smoother = (space: StateSpace, view: View): Moments => {
  const [first, others] = said(space, view);
  if (others === undefined) return first;
  const axis = space.batchShape.length;
  const before: Moments = associativeScan(saidByBoth, joined(first, others), { axis });
  const after = associativeScan(
    (later: Said, earlier: Said) => saidByBoth(earlier, later),
    others,
    {
      axis,
      reverse: true,
    },
  );
  const told = toldOf(
    { mean: initAlong(before.mean, -3), covariance: initAlong(before.covariance, -3) },
    after,
  );
  const withLast = (x: Tensor, all: Tensor): Tensor =>
    tf.concat([x, along(all, -3, space.steps - 1, 1)], axis);
  return {
    mean: withLast(told.mean, before.mean),
    covariance: withLast(told.covariance, before.covariance),
  };
};

/** Each state's law by the steps before it, from those of the filter. */
export const predicted = (space: StateSpace, { mean, covariance }: Moments): Moments => {
  const { offset, covariance: spread } = asStep(space);
  const { steps, move, moveNoise } = space;
  const first = {
    mean: expandTo(tf.expandDims(offset, -1), along(mean, -3, 0, 1).shape),
    covariance: expandTo(spread, along(covariance, -3, 0, 1).shape),
  };
  if (steps === 1) return first;
  const ahead = {
    mean: tf.add(matMul(move, initAlong(mean, -3)), tf.expandDims(moveNoise.offset, -1)),
    covariance: tf.add(through(move, initAlong(covariance, -3)), moveNoise.covariance),
  };
  return {
    mean: tf.concat([first.mean, ahead.mean], mean.rank - 3),
    covariance: tf.concat([first.covariance, ahead.covariance], mean.rank - 3),
  };
};

/** The factors of what each observation's covariance is by those before it: `[..., steps, d, d]`. */
export const factorsOf = ({ view, noise }: View, { covariance }: Moments): Tensor =>
  cholesky(tf.add(through(view, covariance), noise));

/** log p of each column: `[...batch, columns]`. */
export const logDensity = (space: StateSpace, view: View): Tensor => {
  const { kept, steps, width, batchShape } = space;
  const before = predicted(space, filter(space, view));
  const factors = factorsOf(view, before);
  const surprise = tf.sub(view.seen, matMul(view.view, before.mean));
  const standard = solveRows(factors, swapped(surprise), false);
  const squares = tf.sum(tf.square(standard), -1);
  const each = tf.sub(tf.mul(squares, -0.5), tf.expandDims(triangularLogDet(factors), -1));
  const count = kept
    ? tf.expandDims(tf.sum(expandTo(kept, [...batchShape, steps, width]), [-2, -1]), -1)
    : tf.scalar(steps * width);
  return tf.sub(tf.sum(each, -2), tf.mul(count, HALF_LOG_TWO_PI));
};
