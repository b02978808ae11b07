/**
 * Masks that make a perceptron autoregressive: its ith group of outputs sees the inputs before the ith alone
 * (Germain et al. 2015, MADE, section 4, arXiv:1502.03509).
 *
 * Inputs have degrees 1, …, dim. A hidden unit of degree d sees degrees up to d, and an output those below its own.
 */
import * as tf from '@tensorflow/tfjs';
import { demand } from '../refusals/options.js';
import type { Tensor } from '../tensors/tensor.js';

/** 1 where an output may see an input: where its degree is at least the other's, or above it. */
const between = (from: readonly number[], to: readonly number[], strictly: boolean): Tensor =>
  tf.tensor2d(from.map((a) => to.map((b) => ((strictly ? b > a : b >= a) ? 1 : 0))));

/** Degrees of the units of a hidden layer, spread evenly from `least` to dim − 1. */
const spread = (units: number, least: number, dim: number): readonly number[] =>
  Array.from({ length: units }, (_, i) => least + Math.floor((i * (dim - least)) / units));

/**
 * The masks of the layers of a perceptron from `dim` numbers, by way of hidden layers, to `size` numbers for each of
 * the `dim`, one after another. With a context some units have degree 0, which see that alone.
 */
export const autoregressiveMasks = (
  who: string,
  {
    dim,
    hidden,
    size,
    hasContext,
  }: {
    readonly dim: number;
    readonly hidden: readonly number[];
    readonly size: number;
    readonly hasContext: boolean;
  },
): readonly Tensor[] => {
  const least = hasContext || dim === 1 ? 0 : 1;
  const degrees = dim - least;
  const narrow = hidden.find((units) => units < degrees);
  const expected = `hidden layers of at least ${degrees} units, one for each number of entries before another`;
  demand(narrow === undefined, who, expected, String(narrow), `pass hidden: [${4 * dim}], say`);
  const inputs = Array.from({ length: dim }, (_, i) => i + 1);
  const outputs = inputs.flatMap((i) => Array.from({ length: size }, () => i));
  const all = [inputs, ...hidden.map((units) => spread(units, least, dim)), outputs];
  return all.slice(1).map((to, i) => between(all[i] ?? [], to, i === hidden.length));
};
