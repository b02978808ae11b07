/** What every flow that a network makes is told. */
import { type Activation, activations } from '../network/activation.js';
import type { InitializerFor } from '../network/dense.js';
import { initializerRule } from '../network/initializer.js';
import { lastOf } from '../network/layer.js';
import { widths } from '../network/mlp.js';
import { anything, required, whole } from '../refusals/options.js';
import { type Tensor, type TensorLike, asTensor } from '../tensors/tensor.js';

export interface FlowOptions {
  /** The length of the vectors. */
  readonly dim: number;
  /** Widths of the network's hidden layers; [64, 64] where left out. */
  readonly hidden?: readonly number[];
  readonly activation?: Activation;
  /** Initial kernels of the hidden layers. */
  readonly kernel?: InitializerFor;
  /** What the flow is conditional on, `[...batch, features]`. */
  readonly context?: TensorLike;
}

/** The rules of these options, for vectors of at least `least` entries. */
export const flowRules = (least: number) => ({
  dim: required(whole(least)),
  hidden: widths,
  activation: activations,
  kernel: initializerRule,
  context: anything,
});

export const HIDDEN: readonly number[] = [64, 64];

/** The context as a tensor with an axis of features. */
export const contextOf = (who: string, context: TensorLike | undefined): Tensor | undefined => {
  if (context === undefined) return undefined;
  const given = asTensor(context, `the context of ${who}`);
  lastOf(`the context of ${who}`, given, ['features']);
  return given;
};
