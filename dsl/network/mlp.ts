import { type Rule, callable, checkOptions, required, whole } from '../refusals/options.js';
import { type Program, type Visit, program } from '../program/program.js';
import type { Param } from '../program/site.js';
import type { Tensor } from '../tensors/tensor.js';
import { type Activation, activations } from './activation.js';
import { initializerRule } from './initializer.js';
import { checkName } from '../program/name.js';
import { type InitializerFor, dense } from './dense.js';
import { dropout, rateRule } from './dropout.js';
import { type Layer, sequential } from './layer.js';

export interface MlpOptions<E = never> {
  /** Widths of the hidden layers, first to last. */
  readonly hidden: readonly number[];
  /** Width of the output; left out, the last hidden layer is the output. */
  readonly out?: number;
  readonly activation?: Activation;
  readonly outActivation?: Activation;
  readonly kernel?: InitializerFor;
  /** The probability that a number that a hidden layer makes is dropped, in training: as `dropout`. */
  readonly dropout?: number;
  /**
   * A layer after each hidden layer, before its dropout, made from its name: `name/0`, ….
   * `(layer) => batchNorm(`${layer}/norm`)`, say.
   */
  readonly after?: (layer: string) => Layer<E>;
}

/** Widths of layers as an option. */
export const widths: Rule = {
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
 * const normed = mlp('normed', { hidden: [4], after: (layer) => layerNorm(`${layer}/norm`) });
 * Object.keys(trace(normed(tf.ones([5, 3])), { key: key(0) }).sites).length; // 4
 * ```
 */
export const mlp = <const N extends string, E = never>(name: N, options: MlpOptions<E>) => {
  checkName('network', name);
  checkOptions(`mlp '${name}'`, options, {
    hidden: required(widths),
    out: whole(),
    activation: activations,
    outActivation: activations,
    kernel: initializerRule,
    dropout: rateRule,
    after: callable('(layer) => layerNorm(`${layer}/norm`)'),
  });
  const { hidden, out, activation = 'relu', outActivation = 'identity', kernel } = options;
  const { dropout: rate = 0, after } = options;
  return (x: Tensor): Program<Param<`${N}/${string}`> | E, Tensor> =>
    program<Visit<Param<`${N}/${string}`> | E>, Tensor>(function* () {
      const initial = kernel === undefined ? {} : { kernel };
      let h = x;
      for (const [i, units] of hidden.entries()) {
        const layer = `${name}/${i}` as const;
        h = yield* dense(layer, { units, activation, ...initial })(h);
        if (after !== undefined) h = yield* sequential(after(layer))(h);
        h = yield* dropout(`${layer}/dropout`, { rate })(h);
      }
      return out === undefined
        ? h
        : yield* dense(`${name}/out`, { units: out, activation: outActivation, ...initial })(h);
    });
};
