/** The graphs that the laws of kernels compare: a use, its gradients, and both of many draws. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';
import type { Graph } from '../../../src/graph/graph.js';
import { type Tensors, recordGraph } from '../../../src/compile/recording/recorder.js';
import { differentiate } from '../../../src/transform/differentiate.js';
import { mapDraws } from '../../../src/transform/map-draws.js';
import { wave } from '../../compile/compiled-values.js';
import { DRAWS, type Use, inputOf } from './use.js';

/** What a use makes, by `y0`, `y1`, … */
export const outputsOf = ({ f }: Use, inputs: Tensors): Tensors => {
  const made = f(inputs);
  const all = made instanceof tf.Tensor ? [made] : made;
  return Object.fromEntries(all.map((y, i) => [`y${i}`, y]));
};

/** One number of real tensors, in which each of their elements has a weight of its own. */
const weighed = (all: Tensors): Tensor =>
  Object.values(all)
    .filter(({ dtype }) => dtype === 'float32')
    .map((x, i) => tf.sum(tf.mul(x, wave(x.shape, i + 1))))
    .reduce<Tensor>((sum, x) => tf.add(sum, x), tf.scalar(0));

/** The inputs that may have a gradient. */
export const realInputs = ({ inputs }: Use): readonly string[] =>
  Object.keys(inputs).filter((name) => inputs[name]?.dtype === 'float32');

/** The gradient of a number of a use's outputs, by its real inputs. */
const gradientsOf = (use: Use, inputs: Tensors): Tensors =>
  differentiate(
    Object.fromEntries(realInputs(use).map((name) => [name, inputOf(inputs, name)])),
    () => ({ loss: weighed(outputsOf(use, inputs)) }),
  ).gradients;

const named = (prefix: string, all: Tensors): Tensors =>
  Object.fromEntries(Object.entries(all).map(([name, x]) => [`${prefix}${name}`, x]));

/** All that a use makes, and its gradients, by `d/` and the input's name. */
const everything = (use: Use, inputs: Tensors): Tensors => ({
  ...outputsOf(use, inputs),
  ...named('d/', gradientsOf(use, inputs)),
});

/** A use with its `loss`, and its gradients. */
export const withGradients = (use: Use): Graph =>
  recordGraph(use.inputs, (inputs) => ({
    ...everything(use, inputs),
    loss: weighed(outputsOf(use, inputs)),
  }));

/** The `loss` that weighs a use's gradients, and the gradients of that. */
export const withSecondGradients = (use: Use): Graph =>
  recordGraph(use.inputs, (inputs) => {
    const { loss, gradients } = differentiate(
      Object.fromEntries(realInputs(use).map((name) => [name, inputOf(inputs, name)])),
      () => ({ loss: weighed(gradientsOf(use, inputs)) }),
    );
    return { ...named('d/', gradients), loss };
  });

/** A use and its gradients for all draws at once, where these inputs differ between draws. */
export const batched = (use: Use, inputs: ReadonlySet<string>): Graph =>
  recordGraph(
    Object.fromEntries(
      Object.entries(use.inputs).map(([name, { shape, dtype }]) => [
        name,
        { shape: inputs.has(name) ? [DRAWS, ...shape] : shape, dtype },
      ]),
    ),
    (all) =>
      mapDraws(DRAWS, (drawOf) =>
        everything(
          use,
          Object.fromEntries(
            Object.entries(all).map(([name, x]) => [name, inputs.has(name) ? drawOf(x) : x]),
          ),
        ),
      ),
  );
