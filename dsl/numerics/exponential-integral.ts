/** The exponential integral without its exponential, as a kernel in double precision. */
import * as tf from '@tensorflow/tfjs';
import { type HostKernel, runHostKernel } from '../tensors/host-kernel.js';
import type { Tensor } from '../tensors/tensor.js';
import { expintSlope } from './double/exponential-integral.js';

const orderIn = (order: unknown): number => (typeof order === 'number' ? order : 0);

/** The kernel of eˣ E₁(x) and its derivatives: input `x`, attribute `order`. */
export const SCALED_EXPINT: HostKernel = {
  name: 'ScaledExpint',
  inputs: ['x'],
  work: ({ order }, [shape = []]) => ({
    shape,
    dtype: 'float32',
    code: ([x = []], out) => {
      for (let i = 0; i < x.length; i += 1)
        out[i] = expintSlope(orderIn(order), x[i] ?? Number.NaN);
    },
  }),
  gradient: (dy, [x = dy], { order }) => ({
    x: () => tf.mul(dy, runHostKernel(SCALED_EXPINT, { x }, { order: orderIn(order) + 1 })),
  }),
};

/**
 * eˣ E₁(x) = ∫₀^∞ e^(−x t) / (1 + t) dt, for x > 0.
 *
 * - Accuracy: to float32 wherever it is a normal one.
 * - Gradient: any number of derivatives, each to float32.
 * - Source: DLMF 6.2.1, 6.6.2, 6.9.1 and 6.12.1.
 */
export const scaledExpint = (x: Tensor): Tensor =>
  runHostKernel(SCALED_EXPINT, { x }, { order: 0 });
