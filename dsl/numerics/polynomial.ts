import * as tf from '@tensorflow/tfjs';
import { type Tensor, asTensor } from '../tensors/tensor.js';

/** Σ cᵢ xⁱ by Horner's rule, from the lowest power up; coefficients may be tensors themselves. */
export const polynomial = (x: Tensor, coefficients: readonly (number | Tensor)[]): Tensor =>
  coefficients
    .slice(0, -1)
    .reduceRight<Tensor>(
      (sum, c) => tf.add(tf.mul(sum, x), c),
      asTensor(coefficients[coefficients.length - 1] ?? 0),
    );
