import { type Program, program } from '../program/program.js';
import type { Param } from '../program/site.js';
import type { Tensor } from '../tensor.js';
import type { Activation } from './activation.js';
import { type InitializerFor, dense } from './dense.js';

export interface MlpOptions {
  /** Widths of the hidden layers, first to last. */
  readonly hidden: readonly number[];
  /** Width of the output; left out, the last hidden layer is the output. */
  readonly out?: number;
  readonly activation?: Activation;
  readonly outActivation?: Activation;
  readonly kernel?: InitializerFor;
}

/**
 * A multilayer perceptron: dense layers `name/0`, `name/1`, … and `name/out`.
 *
 * @example
 * ```ts
 * const net = mlp('net', { hidden: [16, 16], out: 2 });
 * simulate(net(tf.ones([5, 3])), { key: key(0) }).shape; // [5, 2]
 * ```
 */
export const mlp =
  <const N extends string>(
    name: N,
    { hidden, out, activation = 'relu', outActivation = 'identity', kernel }: MlpOptions,
  ) =>
  (x: Tensor): Program<Param<`${N}/${string}`>, Tensor> =>
    program(function* () {
      const initial = kernel === undefined ? {} : { kernel };
      let h = x;
      for (const [i, units] of hidden.entries()) {
        h = yield* dense(`${name}/${i}`, { units, activation, ...initial })(h);
      }
      return out === undefined
        ? h
        : yield* dense(`${name}/out`, { units: out, activation: outActivation, ...initial })(h);
    });
