/** The inverse of s + (k − 1) tanh s, as a kernel: by Newton's method between bounds, in double precision. */
import * as tf from '@tensorflow/tfjs';
import { type HostKernel, runHostKernel } from '../tensors/host-kernel.js';
import { broadcastAll } from '../tensors/shape.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';

const MOST_STEPS = 100;

/** The s ≥ 0 with s + (k − 1) tanh s = t, for t ≥ 0. */
const rootOf = (t: number, k: number): number => {
  if (!(t > 0) || t === Infinity) return t;
  // tanh s lies between 0 and the lesser of s and 1.
  let [low, high] = k < 1 ? [t, Math.min(t / k, t + 1 - k)] : [Math.max(t / k, t + 1 - k), t];
  let s = (low + high) / 2;
  for (let i = 0; i < MOST_STEPS && high - low > Number.EPSILON * high; i += 1) {
    const tanh = Math.tanh(s);
    const excess = s + (k - 1) * tanh - t;
    if (excess === 0) return s;
    if (excess > 0) high = s;
    else low = s;
    const next = s - excess / (1 + (k - 1) * (1 - tanh * tanh));
    // Where the function is nearly flat a step of Newton's would leave the bounds.
    const isInside = next > low && next < high;
    const moved = isInside ? next : (low + high) / 2;
    if (Math.abs(moved - s) <= Number.EPSILON * s) return moved;
    s = moved;
  }
  return s;
};

/** The kernel of `tanhRoot`: inputs `t` and `k`, of one shape. */
export const TANH_ROOT: HostKernel = {
  name: 'TanhRoot',
  inputs: ['t', 'k'],
  work: (_, [shape = []]) => ({
    shape,
    dtype: 'float32',
    code: ([t = [], k = []], out) => {
      for (let i = 0; i < t.length; i += 1) {
        const [at, slope] = [t[i] ?? Number.NaN, k[i] ?? Number.NaN];
        out[i] = Math.sign(at) * rootOf(Math.abs(at), slope);
      }
    },
  }),
  gradient: (dy, [t = dy, k = dy, s = t]) => {
    const tanh = tf.tanh(s);
    const square = tf.square(tanh);
    const share = tf.div(dy, tf.add(square, tf.mul(k, tf.sub(1, square))));
    return { t: () => share, k: () => tf.neg(tf.mul(share, tanh)) };
  },
};

/**
 * The s with s + (k − 1) tanh s = t for k > 0, which rises from slope k at 0 to slope 1.
 *
 * - Gradient: by the implicit function theorem, 1 / (1 + (k − 1) tanh′(s)) in t, and −tanh s times that in k.
 */
export const tanhRoot = (t: Tensor, k: Tensor): Tensor => {
  const shape = broadcastAll('tanhRoot', [t.shape, k.shape]);
  return runHostKernel(TANH_ROOT, { t: expandTo(t, shape), k: expandTo(k, shape) });
};
