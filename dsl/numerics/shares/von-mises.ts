/** Shares and quantiles of the von Mises law about 0, as kernels: integrals in double precision. */
import * as tf from '@tensorflow/tfjs';
import { type HostKernel, runHostKernel } from '../../tensors/host-kernel.js';
import { broadcastAll } from '../../tensors/shape.js';
import { type Tensor, expandTo } from '../../tensors/tensor.js';
import { logI0e } from '../bessel-function.js';
import { vonMisesQuantile, vonMisesShare, vonMisesSlope } from '../double/von-mises.js';
import { HALF_LOG_TWO_PI } from '../special.js';

/** κ cos y − log 2π I₀(κ), by how far cos y is from 1, which does not cancel for large κ. */
export const logVonMises = (y: Tensor, concentration: Tensor): Tensor => {
  const drop = tf.mul(tf.square(tf.sin(tf.mul(y, 0.5))), -2);
  const normaliser = tf.add(logI0e(concentration), 2 * HALF_LOG_TWO_PI);
  return tf.sub(tf.mul(concentration, drop), normaliser);
};

const density = (y: Tensor, k: Tensor): Tensor => tf.exp(logVonMises(y, k));

type Each = (a: number, b: number, c: number) => number;

const eachOf =
  (f: Each): HostKernel['work'] =>
  (_, [shape = []]) => ({
    shape,
    dtype: 'float32',
    code: ([a = [], b = [], c = []], out) => {
      for (let i = 0; i < a.length; i += 1) {
        out[i] = f(a[i] ?? Number.NaN, b[i] ?? Number.NaN, c[i] ?? Number.NaN);
      }
    },
  });

const functions = { share: eachOf(vonMisesShare), slope: eachOf(vonMisesSlope) } as const;

/** The kernel of shares between two angles and of their slopes in k: inputs `from`, `to` and `k`, attribute `what`. */
export const VON_MISES_SHARE: HostKernel = {
  name: 'VonMisesShare',
  inputs: ['from', 'to', 'k'],
  work: (attributes, shapes) =>
    functions[attributes['what'] === 'slope' ? 'slope' : 'share'](attributes, shapes),
  gradient: (dy, [from = dy, to = dy, k = dy], { what }) => {
    if (what === 'slope') {
      // There is no kernel of the second slopes: what is not known is no number.
      const unknown = (): Tensor => tf.mul(dy, Number.NaN);
      return { from: unknown, to: unknown, k: unknown };
    }
    return {
      from: () => tf.neg(tf.mul(dy, density(from, k))),
      to: () => tf.mul(dy, density(to, k)),
      k: () => tf.mul(dy, slopeOf({ from, to, k })),
    };
  },
};

const slopeOf = (inputs: Readonly<Record<string, Tensor>>): Tensor =>
  runHostKernel(VON_MISES_SHARE, inputs, { what: 'slope' });

/** The kernel of angles by the share from another one on: inputs `u`, `from` and `k` of one shape. */
export const VON_MISES_QUANTILE: HostKernel = {
  name: 'VonMisesQuantile',
  inputs: ['u', 'from', 'k'],
  work: eachOf(vonMisesQuantile),
  gradient: (dy, [, from = dy, k = dy, to = dy]) => {
    const against = (x: Tensor): Tensor => tf.mul(dy, tf.div(x, density(to, k)));
    return {
      u: () => against(tf.onesLike(dy)),
      from: () => against(density(from, k)),
      k: () => tf.neg(against(slopeOf({ from, to, k }))),
    };
  },
};

const run = (kernel: HostKernel, inputs: Readonly<Record<string, Tensor>>): Tensor => {
  const shape = broadcastAll(
    kernel.name,
    Object.values(inputs).map((x) => x.shape),
  );
  return runHostKernel(
    kernel,
    Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, expandTo(x, shape)])),
  );
};

/** How much of a von Mises law about 0 lies from one angle to another, at most a turn further. */
export const shareBetweenAngles = (from: Tensor, to: Tensor, concentration: Tensor): Tensor =>
  run(VON_MISES_SHARE, { from, to, k: concentration });

/**
 * The angle from `from` on, within a turn, before which there is a share u of the law.
 *
 * - Gradient: by the implicit function theorem.
 */
export const angleAfter = (u: Tensor, from: Tensor, concentration: Tensor): Tensor =>
  run(VON_MISES_QUANTILE, { u, from, k: concentration });
