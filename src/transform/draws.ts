/**
 * Many draws of a computation that is written for one: particles, and the values of sites that are summed
 * over. What is written down for one draw is replaced, block by block, by the same for all.
 */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../dsl/index.js';
import { sameShape } from '../../dsl/tensors/shape.js';
import { expandTo } from '../../dsl/tensors/tensor.js';
import { framed, idOf, newValue, tensorOf, valueAt } from '../compile/recording/recording.js';
import { recordingNow } from '../compile/recording/recorder.js';
import { type Batched, batchFrame } from './map-draws.js';

/** A tensor of one draw and its counterpart for all, which has the axes of draws on its left. */
export interface Draws {
  /** How many there are along each axis, outermost first. */
  readonly sizes: Shape;
  /** Runs `f` for one draw; what it makes is a draw's. */
  readonly each: <A>(f: () => A) => A;
  /** A tensor of one draw for all: an axis for each of `sizes`, of length 1 where it is the same along it. */
  readonly all: (one: Tensor) => Tensor;
  /** The tensor of one draw whose values, for all, these are; axes of length 1 are shared by all draws. */
  readonly one: (all: Tensor) => Tensor;
}

/** A single draw, which is all there is. */
export const oneDraw: Draws = {
  sizes: [],
  each: (f) => f(),
  all: (one) => one,
  one: (all) => all,
};

interface Level {
  readonly size: number;
  readonly batched: Batched;
}

/** Draws along several axes at once, for use while a function is traced. */
export const drawsOf = (sizes: Shape): Draws => {
  if (sizes.length === 0) return oneDraw;
  const r = recordingNow();
  const levels = sizes.map((size): Level => ({ size, batched: new Map() }));
  const inner = levels.toReversed();
  const within = <A>(levelsLeft: readonly Level[], f: () => A): A => {
    const [outermost, ...rest] = levelsLeft;
    if (outermost === undefined) return f();
    const [made, body] = framed(r, () => within(rest, f));
    batchFrame(r, body, outermost.batched, outermost.size);
    return made;
  };
  return {
    sizes,
    each: (f) => within(levels, f),
    all: (one) => {
      const own = one.shape;
      let id = idOf(r, one);
      const reached = inner.map(({ batched }) => {
        const all = batched.get(id);
        if (all !== undefined) id = idOf(r, all);
        return all !== undefined;
      });
      const shape = [...reached.toReversed().map((is, i) => (is ? (sizes[i] ?? 1) : 1)), ...own];
      const all = tensorOf(r, id);
      return sameShape(all.shape, shape) ? all : tf.reshape(all, shape);
    },
    one: (all) => {
      const axes = levels.map((_, i) => all.shape[i] ?? 1);
      const reached = axes.flatMap((n, i) => (n === 1 && sizes[i] !== 1 ? [] : [i]));
      const own = all.shape.slice(levels.length);
      let tensor =
        reached.length === axes.length
          ? all
          : tf.reshape(all, [...reached.map((i) => axes[i] ?? 1), ...own]);
      for (const i of reached) {
        const { shape, dtype } = valueAt(r, idOf(r, tensor));
        const id = newValue(r, { shape: shape.slice(1), dtype });
        levels[i]?.batched.set(id, tensor);
        tensor = tensorOf(r, id);
      }
      return tensor;
    },
  };
};

/** The same numbers along all axes of draws. */
export const filled = ({ sizes }: Draws, all: Tensor): Tensor =>
  expandTo(all, [...sizes, ...all.shape.slice(sizes.length)]);
