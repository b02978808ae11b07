/** The network inside a flow, as a function of its input: its parameters are visited once, and it is called wherever the flow is. */
import * as tf from '@tensorflow/tfjs';
import { type Activation, activate } from '../network/activation.js';
import type { InitializerFor } from '../network/dense.js';
import { glorotUniform, zeros } from '../network/initializer.js';
import { overRows } from '../network/layer.js';
import { param, shared } from '../program/param.js';
import { type Program, program } from '../program/program.js';
import type { Param } from '../program/site.js';
import type { Tensor } from '../tensors/tensor.js';

/** A perceptron with its weights. */
export interface Conditioner {
  readonly parameters: readonly Tensor[];
  readonly at: (x: Tensor) => Tensor;
}

export interface ConditionerOptions {
  readonly inputs: number;
  readonly hidden: readonly number[];
  readonly outputs: number;
  readonly activation?: Activation | undefined;
  readonly kernel?: InitializerFor | undefined;
  readonly context?: Tensor | undefined;
  /** What each layer's kernel is multiplied by, `[in, out]`. */
  readonly masks?: readonly Tensor[];
}

interface Affine {
  readonly kernel: Tensor;
  /** What is added: the bias, and what the context gives. */
  readonly added: Tensor;
}

const product = (who: string, x: Tensor, kernel: Tensor): Tensor =>
  overRows(who, x, ['features'], (rows) => tf.matMul(rows, kernel));

/**
 * A perceptron over the parameters `name/0/kernel`, `name/0/bias`, …, `name/out/bias`, and `name/0/context`, a kernel by
 * which the context joins the first layer. Its last layer starts at 0.
 */
export const conditioner = <const N extends string>(
  name: N,
  {
    inputs,
    hidden,
    outputs,
    activation = 'relu',
    kernel = glorotUniform,
    context,
    masks,
  }: ConditionerOptions,
): Program<Param<`${N}/${string}`>, Conditioner> =>
  shared(
    program(function* () {
      const layers: Affine[] = [];
      const parameters: Tensor[] = [];
      let width = inputs;
      for (const [i, units] of [...hidden, outputs].entries()) {
        const isLast = i === hidden.length;
        const layer = `${name}/${isLast ? 'out' : i}` as const;
        const initial = isLast ? zeros : kernel;
        const w = yield* param(`${layer}/kernel`, initial([width, units]));
        const bias = yield* param(`${layer}/bias`, zeros([units]));
        parameters.push(w, bias);
        let added: Tensor = bias;
        if (i === 0 && context !== undefined) {
          const features = context.shape.at(-1) ?? 1;
          const joined = yield* param(`${layer}/context`, initial([features, units]));
          parameters.push(joined);
          added = tf.add(bias, product(`the context of ${name}`, context, joined));
        }
        const mask = masks?.[i];
        layers.push({ kernel: mask === undefined ? w : tf.mul(w, mask), added });
        width = units;
      }
      const last = layers.length - 1;
      const act = activate(activation);
      const at = (x: Tensor): Tensor =>
        layers.reduce((h, { kernel: w, added }, i) => {
          const sum = tf.add(product(name, h, w), added);
          return i === last ? sum : act(sum);
        }, x);
      return { parameters, at };
    }),
  );
