import * as tf from '@tensorflow/tfjs';
import type { Activation } from '../network/activation.js';
import type { InitializerFor } from '../network/dense.js';
import { normalInitializer, zeros } from '../network/initializer.js';
import { softplus } from '../numerics/special.js';
import { tanhRoot } from '../numerics/tanh-root.js';
import { checkName } from '../program/name.js';
import { param, shared } from '../program/param.js';
import { type Program, program } from '../program/program.js';
import type { Param } from '../program/site.js';
import { checkOptions } from '../refusals/options.js';
import type { Tensor, TensorLike } from '../tensors/tensor.js';
import { conditioner } from './conditioner.js';
import { entriesOf } from './element-map.js';
import { type Flow, flowOf } from './flow.js';
import { HIDDEN, contextOf, flowRules } from './options.js';

export interface PlanarOptions {
  /** The length of the vectors. */
  readonly dim: number;
  /** What the flow is conditional on, `[...batch, features]`: a network of it is added to u, w and b. */
  readonly context?: TensorLike;
  /** Widths of that network's hidden layers; [64, 64] where left out. */
  readonly hidden?: readonly number[];
  readonly activation?: Activation;
  /** Initial kernels of its hidden layers. */
  readonly kernel?: InitializerFor;
}

/** Where softplus is 1. */
const UNIT = Math.log(Math.E - 1);
/** Keeps a w of 0 from a division by it. */
const TINY = 1e-12;

const dot = (a: Tensor, b: Tensor): Tensor => tf.sum(tf.mul(a, b), -1, true);

/** What a planar flow is made of, with the slope k along w where its tanh is steepest. */
interface Plane {
  readonly u: Tensor;
  readonly w: Tensor;
  readonly b: Tensor;
  readonly k: Tensor;
}

/**
 * u moved along w until u·w > −1, by which the flow is invertible: u·w becomes k − 1, k = softplus(u·w + log(e − 1)).
 * That differs from the paper's by the shift, which keeps u = 0 where it is.
 */
const invertible = (u: Tensor, w: Tensor, b: Tensor): Plane => {
  const along = dot(u, w);
  const k = softplus(tf.add(along, UNIT));
  const lacking = tf.div(tf.sub(tf.sub(k, 1), along), tf.add(dot(w, w), TINY));
  return { u: tf.add(u, tf.mul(lacking, w)), w, b, k };
};

/** The end of a way whose tanh has the argument s, and log(1 + (k − 1) tanh′(s)) in a form that does not cancel. */
const logDetAt = (s: Tensor, { k }: Plane): Tensor => {
  const square = tf.square(tf.tanh(s));
  const slope = tf.add(square, tf.mul(k, tf.sub(1, square)));
  return tf.squeeze(tf.log(slope), [-1]);
};

/**
 * A planar flow: y = x + û tanh(w·x + b), log |det J| = log(1 + û·w tanh′(w·x + b)), where û is the parameter u moved along
 * w so that û·w > −1, by which the map has an inverse.
 *
 * - A program over the parameters `name/u`, `name/w` and `name/b`, and with a context over those of a network whose output is added
 *   to them; all elements of the plates around it share them. u starts at 0, so that the flow starts as the identity.
 * - Shapes: vectors of `dim` entries, under any number of left axes, which broadcast with those of the context.
 * - Inverse: the root of one rising function, found in double precision on the host; its gradient is that of the implicit
 *   function theorem. A draw with its density needs none.
 * - Errors: vectors of another length throw a `RangeError`.
 * - Source: Rezende and Mohamed 2015, section 4.1 and appendix A, arXiv:1505.05770.
 *
 * @example
 * ```ts
 * const flow = program(function* () {
 *   return yield* stacked(3, (i) => planar(`flow/${i}`, { dim: 2 }));
 * });
 * const layers = simulate(flow, { key: key(0) });
 * layers.forward(asTensor([1, -2])).arraySync(); // [1, -2]
 * layers.parameters?.length; // 9
 * ```
 */
export const planar = <const N extends string>(
  name: N,
  options: PlanarOptions,
): Program<Param<`${N}/${string}`>, Flow> => {
  const who = `planar '${name}'`;
  checkName('network', name);
  checkOptions(who, options, flowRules(1));
  const { dim, context: given, hidden = HIDDEN, activation, kernel } = options;
  return shared(
    program(function* () {
      const context = contextOf(who, given);
      const u = yield* param(`${name}/u`, zeros([dim]));
      const w = yield* param(`${name}/w`, normalInitializer(1 / Math.sqrt(dim))([dim]));
      const b = yield* param(`${name}/b`, zeros([1]));
      const parameters = [u, w, b];
      let all: Tensor = tf.concat([u, w, b], -1);
      if (context !== undefined) {
        const inputs = context.shape.at(-1) ?? 1;
        const outputs = 2 * dim + 1;
        const net = yield* conditioner(name, { inputs, hidden, outputs, activation, kernel });
        parameters.push(...net.parameters);
        all = tf.add(all, net.at(context));
      }
      const plane = invertible(
        entriesOf(all, 0, dim),
        entriesOf(all, dim, dim),
        entriesOf(all, 2 * dim, 1),
      );
      return flowOf({
        who,
        dim,
        parameters,
        context,
        forward: (x) => {
          const s = tf.add(dot(plane.w, x), plane.b);
          const value = tf.add(x, tf.mul(plane.u, tf.tanh(s)));
          return { value, logDet: logDetAt(s, plane) };
        },
        inverse: (y) => {
          const s = tanhRoot(tf.add(dot(plane.w, y), plane.b), plane.k);
          const value = tf.sub(y, tf.mul(plane.u, tf.tanh(s)));
          return { value, logDet: logDetAt(s, plane) };
        },
      });
    }),
  );
};
