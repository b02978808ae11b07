import * as tf from '@tensorflow/tfjs';
import { checkName } from '../program/name.js';
import { type Program, program } from '../program/program.js';
import type { Param } from '../program/site.js';
import { type Rule, checkOptions } from '../refusals/options.js';
import type { Tensor } from '../tensors/tensor.js';
import { conditioner } from './conditioner.js';
import { type Moved, affineElements, entriesOf } from './element-map.js';
import { type Flow, type Passed, flowOf } from './flow.js';
import { autoregressiveMasks } from './masks.js';
import { type FlowOptions, HIDDEN, contextOf, flowRules } from './options.js';
import { type SplineOptions, splineElements, splineRules } from './spline.js';

export interface AutoregressiveOptions extends FlowOptions {
  /** Moves entries by splines, of `{ bins: 8, bound: 3 }` for one, in place of scale and shift. */
  readonly spline?: SplineOptions;
}

type Way = 'forward' | 'inverse';

const splineRule: Rule = {
  expected: 'the options of a spline',
  holds: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  cure: 'pass {}, or { bins: 8, bound: 3 }, say',
};

/** A flow whose entries are moved by numbers that a masked network makes of the entries before them, at the end of `oneWay`. */
const autoregressive = <const N extends string>(
  kind: string,
  name: N,
  options: AutoregressiveOptions,
  oneWay: Way,
): Program<Param<`${N}/${string}`>, Flow> => {
  const who = `${kind} '${name}'`;
  checkName('network', name);
  checkOptions(who, options, { ...flowRules(1), spline: splineRule });
  const { dim, hidden = HIDDEN, activation, kernel, context: given, spline } = options;
  if (spline !== undefined) checkOptions(`the spline of ${who}`, spline, splineRules);
  const elements = spline === undefined ? affineElements : splineElements(spline);
  const { size } = elements;
  return program(function* () {
    const context = contextOf(who, given);
    const net = yield* conditioner(name, {
      inputs: dim,
      hidden,
      outputs: dim * size,
      activation,
      kernel,
      context,
      masks: autoregressiveMasks(who, { dim, hidden, size, hasContext: context !== undefined }),
    });
    const atOnce =
      (way: Way) =>
      (x: Tensor): Passed => {
        const numbers = tf.reshape(net.at(x), [...x.shape, size]);
        const { value, logSlope } = elements[way](x, numbers);
        return { value, logDet: tf.sum(logSlope, -1) };
      };
    /** Entry after entry, each by those that were found before it. */
    const inTurn =
      (way: Way) =>
      (x: Tensor): Passed => {
        const found: Moved[] = [];
        for (let i = 0; i < dim; i += 1) {
          const rest = tf.zerosLike(entriesOf(x, i, dim - i));
          const made = net.at(tf.concat([...found.map((f) => f.value), rest], -1));
          const own = entriesOf(made, i * size, size);
          found.push(elements[way](entriesOf(x, i, 1), tf.expandDims(own, -2)));
        }
        const joined = (of: keyof Moved): Tensor =>
          tf.concat(
            found.map((f) => f[of]),
            -1,
          );
        return { value: joined('value'), logDet: tf.sum(joined('logSlope'), -1) };
      };
    const pass = (way: Way) => (way === oneWay ? atOnce(way) : inTurn(way));
    return flowOf({
      who,
      dim,
      parameters: net.parameters,
      context,
      forward: pass('forward'),
      inverse: pass('inverse'),
    });
  });
};

/**
 * A masked autoregressive flow, MAF: y_i = s_i x_i + t_i with log s_i = 5 tanh(r_i / 5) and (r_i, t_i) what a masked
 * network makes of y_1, …, y_{i − 1}, and of the context. log |det J| = Σ log s_i. With `spline` each entry goes through a
 * monotonic rational-quadratic spline instead, as in `splineCoupling`.
 *
 * The density of given values is one pass of the network, so it is the one to learn densities from data with. A draw
 * is `dim` passes, one entry after another, an unrolled loop whose graph, compile time and gradient grow with `dim`;
 * where draws are what is needed, as in a guide, take `inverseAutoregressive`, which has it the other way round.
 *
 * - A program over the network's parameters, `name/0/kernel` and so on, which all elements of the plates around it share.
 *   Its last layer starts at 0, so that the flow starts as the identity.
 * - Shapes: vectors of `dim` entries, under any number of left axes, which broadcast with those of the context.
 * - Errors: vectors of another length, and hidden layers of too few units for each entry to be seen, throw a `RangeError`.
 * - Source: Papamakarios, Pavlakou and Murray 2017, section 3, arXiv:1705.07057; its network is that of Germain et al.
 *   2015, MADE, arXiv:1502.03509.
 *
 * @example
 * ```ts
 * const density = (x: Tensor) =>
 *   program(function* () {
 *     const flow = yield* maskedAutoregressive('flow', { dim: 2, hidden: [16] });
 *     yield* observe('x', transformed(independent(normal([0, 0], 1)), flow), x);
 *   });
 * item(logDensity(density(asTensor([0, 0])), { key: key(0) })); // -Math.log(2 * Math.PI)
 * ```
 */
export const maskedAutoregressive = <const N extends string>(
  name: N,
  options: AutoregressiveOptions,
): Program<Param<`${N}/${string}`>, Flow> =>
  autoregressive('maskedAutoregressive', name, options, 'inverse');

/**
 * An inverse autoregressive flow, IAF: y_i = s_i x_i + t_i with log s_i = 5 tanh(r_i / 5) and (r_i, t_i) what a masked
 * network makes of x_1, …, x_{i − 1}, and of the context. log |det J| = Σ log s_i. With `spline` each entry goes through a
 * monotonic rational-quadratic spline instead, as in `splineCoupling`.
 *
 * A draw with its density is one pass of the network, so it is the one for guides. The density of given values is `dim`
 * passes, one entry after another, an unrolled loop whose graph, compile time and gradient grow with `dim`; where that is
 * what is needed, as in a model of data, take `maskedAutoregressive`. Gradients that score a draw as a value, as
 * `stickingTheLanding` does, need it as well.
 *
 * - Parameters, start, shapes and errors are those of `maskedAutoregressive`.
 * - Source: Kingma, Salimans, Jozefowicz, Chen, Sutskever and Welling 2016, section 3, arXiv:1606.04934.
 *
 * @example
 * ```ts
 * const guide = (context: Tensor) =>
 *   program(function* () {
 *     const flow = yield* inverseAutoregressive('flow', { dim: 3, context });
 *     return yield* sample('z', transformed(independent(normal([0, 0, 0], 1)), flow));
 *   });
 * simulate(plate('data', 5, guide(tf.ones([5, 2]))), { key: key(0) }).shape; // [5, 3]
 * ```
 */
export const inverseAutoregressive = <const N extends string>(
  name: N,
  options: AutoregressiveOptions,
): Program<Param<`${N}/${string}`>, Flow> =>
  autoregressive('inverseAutoregressive', name, options, 'forward');
