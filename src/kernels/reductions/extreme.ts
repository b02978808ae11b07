/** The largest or smallest of some numbers. */
import * as tf from '@tensorflow/tfjs';
import type { Kernel } from '../kernel.js';
import {
  type AxesName,
  axesIn,
  batchedReduction,
  canonicalAxes,
  reducedReach,
  reducedShape,
  withAxesBack,
} from './axes.js';

/**
 * The adjoint is shared out evenly between elements that tie, as JAX's `max` and PyTorch's `amax` do it, so
 * that they get dy together. A subgradient: any other sharing would be one too.
 */
export const extreme = (
  name: string,
  axes: AxesName,
  written: Pick<Kernel, 'onnx' | 'element'>,
): Kernel => ({
  ...written,
  name,
  work: 'fold',
  canonical: canonicalAxes(axes),
  shape: reducedShape(axes),
  vjp: {
    x: (site) => {
      const reduced = axesIn(site, axes);
      const best = withAxesBack(site, site.y, reduced);
      const ties = tf.cast(tf.equal(site.at('x'), best), 'float32');
      const count = tf.sum(ties, [...reduced], true);
      return tf.mul(tf.div(withAxesBack(site, site.dy, reduced), count), ties);
    },
  },
  batch: batchedReduction(axes),
  reach: reducedReach(axes),
});
