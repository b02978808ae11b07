import { type Rule, checkOptions, required, whole } from '../options.js';
import { type Program, program } from '../program/program.js';
import type { Param } from '../program/site.js';
import type { Tensor } from '../tensor.js';
import { type Activation, activations } from './activation.js';
import { initializerRule } from './initializer.js';
import { checkName } from '../program/name.js';
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

const widths: Rule = {
  expected: 'a list of whole numbers of at least 1',
  holds: (value) =>
    Array.isArray(value) &&
    value.every((n) => typeof n === 'number' && Number.isInteger(n) && n >= 1),
  cure: 'pass [100], say',
};

/**
 * A multilayer perceptron: dense layers `name/0`, `name/1`, … and `name/out`.
 *
 * @example
 * ```ts
 * const net = mlp('net', { hidden: [16, 16], out: 2 });
 * simulate(net(tf.ones([5, 3])), { key: key(0) }).shape; // [5, 2]
 * ```
 */
export const mlp = <const N extends string>(name: N, options: MlpOptions) => {
  checkName('network', name);
  checkOptions(`mlp '${name}'`, options, {
    hidden: required(widths),
    out: whole(),
    activation: activations,
    outActivation: activations,
    kernel: initializerRule,
  });
  const { hidden, out, activation = 'relu', outActivation = 'identity', kernel } = options;
  return (x: Tensor): Program<Param<`${N}/${string}`>, Tensor> =>
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
};
