/** Normal guides on unconstrained space, for the sites of any model. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Tensor,
  multivariateNormal,
  normal,
  param,
  program,
  sample,
  transformed,
} from 'marginalia';
import type { Bijector } from 'marginalia/distributions';
import { linearAlgebra } from 'marginalia/tensors';

/** One site of a model as its guide sees it: x = start + scale · z, then through a bijector. */
export interface Block {
  readonly name: string;
  readonly bijector: Bijector;
  /** Unconstrained; an array where the site is a vector. */
  readonly start: number | readonly number[];
  /** The unit of z, entry by entry. */
  readonly scale: number | readonly number[];
  /** The log of the standard deviation of z that the guide starts with; 0 if not given. */
  readonly precise?: number;
}

/** What a guide knows of covariances. */
export type Covariance = 'mean field' | 'full covariance';

/** A normal law of a number or of a vector, moved through a bijector. */
const lawOf = (
  { bijector, start }: Block,
  loc: Tensor,
  scale: Tensor,
  { logScale, lower }: { readonly logScale: Tensor; readonly lower?: Tensor },
): Distribution => {
  if (typeof start === 'number') {
    const first = (x: Tensor): Tensor => tf.squeeze(x, [-1]);
    return transformed(normal(first(loc), first(tf.mul(scale, tf.exp(logScale)))), bijector);
  }
  const k = start.length;
  const unit = tf.add(
    linearAlgebra.diagonalMatrix(tf.exp(logScale)),
    linearAlgebra.strictlyLower(lower ?? tf.zeros([(k * (k - 1)) / 2]), k),
  );
  const scaleTril = tf.mul(tf.expandDims(scale, -1), unit);
  return transformed(multivariateNormal(loc, { scaleTril }), bijector);
};

const vector = (x: number | readonly number[]): readonly number[] =>
  typeof x === 'number' ? [x] : x;

/**
 * A normal law of all sites together on unconstrained space. Its covariance is built site by site: the
 * mean of each is linear in the sites before it, which gives any covariance there is.
 */
export const normalGuide = (blocks: readonly Block[], covariance: Covariance) =>
  program(function* () {
    const full = covariance === 'full covariance';
    const before: Tensor[] = [];
    for (const block of blocks) {
      const { name, bijector } = block;
      const start = vector(block.start);
      const k = start.length;
      const scale = tf.mul(tf.ones([k]), tf.tensor1d([...vector(block.scale)]));
      const own = tf.mul(scale, yield* param(`${name}/loc`, tf.zeros([k])));
      const base = tf.add(tf.tensor1d([...start]), own);
      const logScale = yield* param(`${name}/logScale`, tf.fill([k], block.precise ?? 0));
      const lower =
        full && k > 1 ? yield* param(`${name}/lower`, tf.zeros([(k * (k - 1)) / 2])) : undefined;
      let loc = base;
      if (full && before.length > 0) {
        const others = tf.concat(before, -1);
        const slope = yield* param(`${name}/slope`, tf.zeros([k, others.shape.at(-1) ?? 1]));
        loc = tf.add(base, tf.mul(scale, linearAlgebra.matVec(slope, others)));
      }
      const value = yield* sample(
        name,
        lawOf(block, loc, scale, { logScale, ...(lower && { lower }) }),
      );
      const flat = bijector.inverse(value);
      const column = typeof block.start === 'number' ? tf.expandDims(flat, -1) : flat;
      before.push(tf.div(tf.sub(column, base), scale));
    }
  });
