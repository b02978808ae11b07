import * as tf from '@tensorflow/tfjs';
import { checkName } from '../program/name.js';
import { type Program, program } from '../program/program.js';
import type { Param } from '../program/site.js';
import { checkOptions } from '../refusals/options.js';
import type { Tensor } from '../tensors/tensor.js';
import { conditioner } from './conditioner.js';
import { type ElementMap, affineElements, entriesOf } from './element-map.js';
import { type Flow, type Passed, flowOf } from './flow.js';
import { type FlowOptions, HIDDEN, contextOf, flowRules } from './options.js';
import { type SplineOptions, splineElements, splineRules } from './spline.js';

/** A flow that keeps the first half of a vector and moves the second by what a network makes of the first. */
const coupling = <const N extends string>(
  name: N,
  who: string,
  { dim, hidden = HIDDEN, activation, kernel, context: given }: FlowOptions,
  elements: ElementMap,
): Program<Param<`${N}/${string}`>, Flow> =>
  program(function* () {
    const context = contextOf(who, given);
    const kept = Math.floor(dim / 2);
    const count = dim - kept;
    const net = yield* conditioner(name, {
      inputs: kept,
      hidden,
      outputs: count * elements.size,
      activation,
      kernel,
      context,
    });
    const pass =
      (way: 'forward' | 'inverse') =>
      (x: Tensor): Passed => {
        const head = entriesOf(x, 0, kept);
        const made = net.at(head);
        const numbers = tf.reshape(made, [...made.shape.slice(0, -1), count, elements.size]);
        const { value, logSlope } = elements[way](entriesOf(x, kept, count), numbers);
        return { value: tf.concat([head, value], -1), logDet: tf.sum(logSlope, -1) };
      };
    return flowOf({
      who,
      dim,
      parameters: net.parameters,
      context,
      forward: pass('forward'),
      inverse: pass('inverse'),
    });
  });

/**
 * An affine coupling layer, real NVP: the first ⌊dim / 2⌋ entries stay, and the others become
 * y_i = s_i x_i + t_i, with log s_i = 5 tanh(r_i / 5) and (r, t) a network of the entries that stay, and of the context.
 * log |det J| = Σ log s_i.
 *
 * - A program over the network's parameters, `name/0/kernel` and so on, which all elements of the plates around it share.
 *   Its last layer starts at 0, so that the flow starts as the identity.
 * - Shapes: vectors of `dim` entries, under any number of left axes, which broadcast with those of the context.
 * - Cost: one pass of the network in both directions. `stacked` puts several on each other, with entries reversed in
 *   between, so that all are moved.
 * - Errors: vectors of another length, and a `dim` of 1, of which nothing would be moved by anything, throw a `RangeError`.
 * - Source: Dinh, Sohl-Dickstein and Bengio 2017, section 3, arXiv:1605.08803.
 *
 * @example
 * ```ts
 * const guide = program(function* () {
 *   const flow = yield* stacked(4, (i) => affineCoupling(`flow/${i}`, { dim: 2 }));
 *   return yield* sample('z', transformed(independent(normal([0, 0], 1)), flow));
 * });
 * simulate(guide, { key: key(0) }).shape; // [2]
 * ```
 */
export const affineCoupling = <const N extends string>(
  name: N,
  options: FlowOptions,
): Program<Param<`${N}/${string}`>, Flow> => {
  const who = `affineCoupling '${name}'`;
  checkName('network', name);
  checkOptions(who, options, flowRules(2));
  return coupling(name, who, options, affineElements);
};

/**
 * A coupling layer of splines: the first ⌊dim / 2⌋ entries stay, and each other goes through a monotonic
 * rational-quadratic spline whose knots and slopes a network makes of the entries that stay, and of the context.
 * log |det J| is the sum of the logs of their slopes.
 *
 * - A spline has `bins` pieces, 8 unless told, on [−`bound`, `bound`], with `bound` 3 unless told, and is the identity
 *   outside, so that the base should have most of its mass inside, as a standard normal has.
 *   What it learns must lie inside as well: a posterior that is wider wants a larger bound, or `bijectors.affine` behind
 *   the flow, by `bijectors.compose`.
 * - Parameters, start, shapes, cost and errors are those of `affineCoupling`; the inverse is in closed form.
 * - Source: Durkan, Bekasov, Murray and Papamakarios 2019, Neural Spline Flows, section 3, arXiv:1906.04032.
 *
 * @example
 * ```ts
 * const layer = splineCoupling('layer', { dim: 3, hidden: [16], bins: 4 });
 * const flow = simulate(layer, { key: key(0) });
 * flow.forward(asTensor([0.5, 1, 7])).arraySync(); // [0.5, 1, 7]
 * ```
 */
export const splineCoupling = <const N extends string>(
  name: N,
  options: FlowOptions & SplineOptions,
): Program<Param<`${N}/${string}`>, Flow> => {
  const who = `splineCoupling '${name}'`;
  checkName('network', name);
  checkOptions(who, options, { ...flowRules(2), ...splineRules });
  return coupling(name, who, options, splineElements(options));
};
