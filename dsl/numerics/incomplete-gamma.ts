/**
 * The regularised incomplete gamma functions, the shares of a gamma law below a number and above it, as kernels:
 * their series have as many terms as it takes, in double precision.
 */
import * as tf from '@tensorflow/tfjs';
import { type HostKernel, runHostKernel } from '../tensors/host-kernel.js';
import { broadcastAll } from '../tensors/shape.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';
import { gammaShares, logGammaShares } from './double/gamma.js';
import { logGammaQuantile } from './double/gamma-quantile.js';
import { deviance } from './deviance.js';
import { binet, digamma } from './gamma-function.js';
import { HALF_LOG_TWO_PI } from './special.js';

/** How far a concentration is moved, beside how fast shares change with it. */
const STEP = 1e-3;

const stepAt = (a: number, x: number): number =>
  STEP * Math.min(Math.sqrt(a), a, a / (a * Math.abs(Math.log(x / a)) + 1e-300));

/** ∂P / ∂a by five places in double precision: relative errors below 1e-8 beside how fast it changes. */
const slopeOf = (a: number, x: number): number => {
  if (x === 0 || x === Infinity) return 0;
  const h = stepAt(a, x);
  const { below, above } = gammaShares(a, x);
  // Differences of the smaller share do not cancel.
  const share = (at: number): number => {
    const shares = gammaShares(at, x);
    return below < above ? shares.below : -shares.above;
  };
  const near = share(a + h) - share(a - h);
  const far = share(a + 2 * h) - share(a - 2 * h);
  return (8 * near - far) / (12 * h);
};

/** ∂ / ∂a of a logarithm, likewise. */
const logSlopeOf =
  (side: 'below' | 'above') =>
  (a: number, x: number): number => {
    if (x === 0 || x === Infinity) return 0;
    const h = stepAt(a, x);
    const log = (at: number): number => logGammaShares(at, x)[side];
    return (8 * (log(a + h) - log(a - h)) - (log(a + 2 * h) - log(a - 2 * h))) / (12 * h);
  };

const functions = {
  below: (a: number, x: number) => gammaShares(a, x).below,
  above: (a: number, x: number) => gammaShares(a, x).above,
  slope: slopeOf,
  logBelow: (a: number, x: number) => logGammaShares(a, x).below,
  logAbove: (a: number, x: number) => logGammaShares(a, x).above,
  logBelowSlope: logSlopeOf('below'),
  logAboveSlope: logSlopeOf('above'),
} as const;

type What = keyof typeof functions;

const names: readonly What[] = [
  'above',
  'slope',
  'logBelow',
  'logAbove',
  'logBelowSlope',
  'logAboveSlope',
];

const whatIn = (what: unknown): What => names.find((name) => name === what) ?? 'below';

/** log of x^(a − 1) e^−x / Γ(a), the density of the gamma law, in the form that does not cancel for large a. */
const logDensityOf = (a: Tensor, x: Tensor): Tensor => {
  const normaliser = tf.sub(tf.sub(tf.mul(tf.log(a), 0.5), HALF_LOG_TWO_PI), binet(a));
  return tf.sub(tf.sub(normaliser, deviance(a, x)), tf.log(x));
};

const densityOf = (a: Tensor, x: Tensor): Tensor => tf.exp(logDensityOf(a, x));

/** The gradient of a logarithm, and of its slope in a: ∂ log P / ∂x is the density over P. */
const logGradient = (
  dy: Tensor,
  [a, x, y]: readonly [a: Tensor, x: Tensor, y: Tensor],
  side: 'logBelow' | 'logAbove',
  isSlope: boolean,
): Readonly<Record<string, () => Tensor>> => {
  const again = (what: What): Tensor => runHostKernel(INCOMPLETE_GAMMA, { a, x }, { what });
  const rate = (): Tensor => {
    const size = tf.exp(tf.sub(logDensityOf(a, x), isSlope ? again(side) : y));
    return side === 'logAbove' ? tf.neg(size) : size;
  };
  if (!isSlope) {
    return {
      a: () => tf.mul(dy, again(`${side}Slope`)),
      x: () => tf.mul(dy, rate()),
    };
  }
  return {
    a: () => tf.mul(dy, Number.NaN),
    x: () => tf.mul(dy, tf.mul(rate(), tf.sub(tf.sub(tf.log(x), digamma(a)), y))),
  };
};

/** The kernel of `gammainc`, of `gammaincc` and of the first's slope in a: inputs `a` and `x` of one shape, attribute `what`. */
export const INCOMPLETE_GAMMA: HostKernel = {
  name: 'IncompleteGamma',
  inputs: ['a', 'x'],
  work: ({ what }, [shape = []]) => {
    const f = functions[whatIn(what)];
    return {
      shape,
      dtype: 'float32',
      code: ([a = [], x = []], out) => {
        for (let i = 0; i < a.length; i += 1) out[i] = f(a[i] ?? Number.NaN, x[i] ?? Number.NaN);
      },
    };
  },
  gradient: (dy, [a = dy, x = dy, y = dy], attributes) => {
    const what = whatIn(attributes['what']);
    if (what === 'logBelow' || what === 'logBelowSlope') {
      return logGradient(dy, [a, x, y], 'logBelow', what === 'logBelowSlope');
    }
    if (what === 'logAbove' || what === 'logAboveSlope') {
      return logGradient(dy, [a, x, y], 'logAbove', what === 'logAboveSlope');
    }
    const sign = what === 'above' ? -1 : 1;
    const signed = (slope: Tensor): Tensor => tf.mul(dy, tf.mul(slope, sign));
    const density = (): Tensor => densityOf(a, x);
    if (what === 'slope') {
      return {
        // There is no kernel of the second slope: what is not known is no number.
        a: () => tf.mul(dy, Number.NaN),
        x: () => tf.mul(dy, tf.mul(density(), tf.sub(tf.log(x), digamma(a)))),
      };
    }
    return {
      a: () => signed(runHostKernel(INCOMPLETE_GAMMA, { a, x }, { what: 'slope' })),
      x: () => signed(density()),
    };
  },
};

const share = (a: Tensor, x: Tensor, what: What): Tensor => {
  const shape = broadcastAll(what === 'below' ? 'gammainc' : 'gammaincc', [a.shape, x.shape]);
  return runHostKernel(
    INCOMPLETE_GAMMA,
    { a: expandTo(a, shape), x: expandTo(x, shape) },
    { what },
  );
};

/**
 * The regularised lower incomplete gamma function P(a, x) = ∫₀ˣ t^(a − 1) e^−t dt / Γ(a), for a > 0 and x ≥ 0.
 *
 * - Accuracy: to float32 wherever it is a normal one, for a from 1e-30 to 1e7.
 * - Gradient: x^(a − 1) e^−x / Γ(a) in x; that in a by differences in double precision. The second derivative in a
 *   is not known, and NaN.
 * - Edges: 0 at x = 0 and 1 at ∞; NaN outside.
 * - Source: DLMF 8.7.1, 8.9.2 and 8.12.3.
 *
 * @example
 * ```ts
 * gammainc(tf.scalar(1), tf.scalar(2)).dataSync()[0]; // 1 - Math.exp(-2)
 * ```
 */
export const gammainc = (a: Tensor, x: Tensor): Tensor => share(a, x, 'below');

/**
 * The regularised upper incomplete gamma function Q(a, x) = 1 − P(a, x), which does not round to 0 where P rounds
 * to 1; accuracy, gradient, edges and source as for `gammainc`.
 *
 * @example
 * ```ts
 * gammaincc(tf.scalar(1), tf.scalar(2)).dataSync()[0]; // Math.exp(-2)
 * ```
 */
export const gammaincc = (a: Tensor, x: Tensor): Tensor => share(a, x, 'above');

/** log P(a, x), which goes on where P is less than float32 holds; gradients as of `gammainc`. */
export const logGammainc = (a: Tensor, x: Tensor): Tensor => share(a, x, 'logBelow');

/** log Q(a, x), likewise. */
export const logGammaincc = (a: Tensor, x: Tensor): Tensor => share(a, x, 'logAbove');

/** The kernel of `logGammaQuantileOf`: inputs `u` and `a` of one shape, attribute `side`. */
export const GAMMA_QUANTILE: HostKernel = {
  name: 'GammaQuantile',
  inputs: ['u', 'a'],
  work: ({ side }, [shape = []]) => ({
    shape,
    dtype: 'float32',
    code: ([u = [], a = []], out) => {
      for (let i = 0; i < u.length; i += 1) {
        const given = u[i] ?? Number.NaN;
        const shares =
          side === 'above'
            ? { below: 1 - given, above: given }
            : { below: given, above: 1 - given };
        out[i] = logGammaQuantile(shares, a[i] ?? Number.NaN);
      }
    },
  }),
  gradient: (dy, [, a = dy, log = dy], { side }) => {
    const x = tf.exp(log);
    /** 1 / (dP / d log x), by a deviance of logarithms, which a small x does not round away. */
    const against = (): Tensor => {
      const excess = tf.sub(log, tf.log(a));
      const fit = tf.mul(a, tf.sub(tf.expm1(excess), excess));
      const normaliser = tf.sub(tf.sub(tf.mul(tf.log(a), 0.5), HALF_LOG_TWO_PI), binet(a));
      return tf.mul(dy, tf.exp(tf.sub(fit, normaliser)));
    };
    const slope = (): Tensor => runHostKernel(INCOMPLETE_GAMMA, { a, x }, { what: 'slope' });
    return {
      u: () => tf.mul(against(), side === 'above' ? -1 : 1),
      a: () => tf.neg(tf.mul(against(), slope())),
    };
  },
};

/**
 * log of the quantile of a gamma law with rate 1, log x where P(a, x) = u, or Q(a, x) = u of the share above: it tells
 * quantiles apart that float32 rounds to 0.
 *
 * - Gradient: by the implicit function theorem.
 */
export const logGammaQuantileOf = (side: 'below' | 'above', u: Tensor, a: Tensor): Tensor => {
  const shape = broadcastAll('logGammaQuantileOf', [u.shape, a.shape]);
  return runHostKernel(GAMMA_QUANTILE, { u: expandTo(u, shape), a: expandTo(a, shape) }, { side });
};
