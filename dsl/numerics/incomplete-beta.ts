/**
 * The regularised incomplete beta functions, the shares of a beta law below a number and above it, as kernels: their
 * fraction has as many terms as it takes, in double precision.
 */
import * as tf from '@tensorflow/tfjs';
import { choose, greater } from '../tensors/comparison.js';
import { type HostKernel, runHostKernel } from '../tensors/host-kernel.js';
import { broadcastAll } from '../tensors/shape.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';
import { betaLogit, betaShares, logBetaShares } from './double/beta.js';
import { deviance } from './deviance.js';
import { binet } from './gamma-function.js';
import { HALF_LOG_TWO_PI } from './special.js';

/** How far a concentration is moved, beside how fast shares change with it. */
const STEP = 1e-3;

/** ∂I / ∂a by five places in double precision, of the smaller share, which does not cancel. */
const slopeOf = (a: number, b: number, x: number, rest: number): number => {
  if (x === 0 || rest === 0) return 0;
  const n = a + b;
  const drift = Math.abs(Math.log((n * x) / a)) + 1e-300;
  const h = STEP * Math.min(a, a * Math.sqrt(1 / a + 1 / b), 1 / drift);
  const { below, above } = logBetaShares(a, b, x, rest);
  const share = (at: number): number => {
    const shares = betaShares(at, b, x, rest);
    return below < above ? shares.below : -shares.above;
  };
  const near = share(a + h) - share(a - h);
  const far = share(a + 2 * h) - share(a - 2 * h);
  return (8 * near - far) / (12 * h);
};

const functions = {
  below: (a: number, b: number, x: number, rest: number) => betaShares(a, b, x, rest).below,
  above: (a: number, b: number, x: number, rest: number) => betaShares(a, b, x, rest).above,
  slope: slopeOf,
} as const;

type What = keyof typeof functions;

const whatIn = (what: unknown): What => (what === 'above' || what === 'slope' ? what : 'below');

/** xᵃ (1 − x)ᵇ / B(a, b), by deviances, which do not cancel for large a and b. */
const edgeOf = (a: Tensor, b: Tensor, x: Tensor, rest: Tensor): Tensor => {
  const n = tf.add(a, b);
  const half = tf.mul(tf.add(tf.log(tf.div(a, n)), tf.log(b)), 0.5);
  const stirling = tf.sub(binet(n), tf.add(binet(a), binet(b)));
  const fit = tf.add(deviance(a, tf.mul(n, x)), deviance(b, tf.mul(n, rest)));
  return tf.exp(tf.sub(tf.add(tf.sub(half, HALF_LOG_TWO_PI), stirling), fit));
};

const NAMES = ['a', 'b', 'x', 'rest'] as const;

const numbersOf = (
  all: readonly ArrayLike<number>[],
  i: number,
): readonly [number, number, number, number] => {
  const at = (input: number): number => all[input]?.[i] ?? Number.NaN;
  return [at(0), at(1), at(2), at(3)];
};

/**
 * The kernel of `betaShare` and of its slope in a: inputs `a`, `b`, `x` and `rest` of one shape, attribute `what`.
 * The smaller of x and its rest says what both are, and is owed to: the other may have rounded it away.
 */
export const INCOMPLETE_BETA: HostKernel = {
  name: 'IncompleteBeta',
  inputs: NAMES,
  work: ({ what }, [shape = []]) => {
    const f = functions[whatIn(what)];
    return {
      shape,
      dtype: 'float32',
      code: (inputs, out) => {
        const { length } = inputs[0] ?? [];
        for (let i = 0; i < length; i += 1) {
          const [a, b, x, rest] = numbersOf(inputs, i);
          out[i] = x > rest ? f(a, b, 1 - rest, rest) : f(a, b, x, 1 - x);
        }
      },
    };
  },
  gradient: (dy, [a = dy, b = dy, x = dy, rest = dy], attributes) => {
    const what = whatIn(attributes['what']);
    if (what === 'slope') {
      // There is no kernel of the second slopes: what is not known is no number.
      const unknown = (): Tensor => tf.mul(dy, Number.NaN);
      return { a: unknown, b: unknown, x: unknown, rest: unknown };
    }
    const isUpper = greater(x, rest);
    const sign = what === 'above' ? -1 : 1;
    const none = tf.scalar(0);
    const density = (): Tensor => tf.div(edgeOf(a, b, x, rest), tf.mul(x, rest));
    const along = (isChosen: Tensor, signed: number): Tensor =>
      choose(isChosen, tf.mul(dy, tf.mul(density(), signed)), none);
    const slope = (inputs: Inputs, signed: number): Tensor =>
      tf.mul(dy, tf.mul(slopeAt(inputs), signed));
    return {
      a: () => slope({ a, b, x, rest }, sign),
      // The share above x is that of the mirrored law below the rest.
      b: () => slope({ a: b, b: a, x: rest, rest: x }, -sign),
      x: () => along(tf.sub(1, isUpper), sign),
      rest: () => along(isUpper, -sign),
    };
  },
};

interface Inputs extends Readonly<Record<string, Tensor>> {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly x: Tensor;
  readonly rest: Tensor;
}

const slopeAt = (inputs: Inputs): Tensor =>
  runHostKernel(INCOMPLETE_BETA, inputs, { what: 'slope' });

/** The share of a beta law below x, or above it; `rest` is 1 − x, where that cancels. */
export const betaShare = (what: 'below' | 'above', { a, b, x, rest }: Inputs): Tensor => {
  const shape = broadcastAll(what === 'below' ? 'betainc' : 'betaincc', [
    a.shape,
    b.shape,
    x.shape,
    rest.shape,
  ]);
  const wide = (t: Tensor): Tensor => expandTo(t, shape);
  const inputs = { a: wide(a), b: wide(b), x: wide(x), rest: wide(rest) };
  return runHostKernel(INCOMPLETE_BETA, inputs, { what });
};

/**
 * The regularised incomplete beta function Iₓ(a, b) = ∫₀ˣ t^(a − 1) (1 − t)^(b − 1) dt / B(a, b), for positive a and
 * b and x from 0 to 1.
 *
 * - Accuracy: relative error below 1e-6 wherever it is a normal float32, for a and b from 1e-3 to 1e7.
 * - Gradient: the density x^(a − 1) (1 − x)^(b − 1) / B(a, b) in x; those in a and b by differences in double precision.
 *   Second derivatives in a and b are not known, and NaN.
 * - Edges: 0 at x = 0 and 1 at x = 1; NaN outside.
 * - Source: DLMF 8.17.22; Loader, Fast and Accurate Computation of Binomial Probabilities, 2000, for its first factor.
 *
 * @example
 * ```ts
 * betainc(tf.scalar(1), tf.scalar(3), tf.scalar(0.5)).dataSync()[0]; // 1 - 0.5 ** 3
 * ```
 */
export const betainc = (a: Tensor, b: Tensor, x: Tensor): Tensor =>
  betaShare('below', { a, b, x, rest: tf.sub(1, x) });

/**
 * The complement 1 − Iₓ(a, b) = I₁₋ₓ(b, a), which does not round to 0 where Iₓ(a, b) rounds to 1; accuracy, gradient,
 * edges and source as for `betainc`.
 *
 * @example
 * ```ts
 * betaincc(tf.scalar(1), tf.scalar(3), tf.scalar(0.5)).dataSync()[0]; // 0.5 ** 3
 * ```
 */
export const betaincc = (a: Tensor, b: Tensor, x: Tensor): Tensor =>
  betaShare('above', { a, b, x, rest: tf.sub(1, x) });

/** The kernel of `betaLogitQuantile`: inputs `u`, `a` and `b` of one shape. */
export const BETA_QUANTILE: HostKernel = {
  name: 'BetaQuantile',
  inputs: ['u', 'a', 'b'],
  work: (_, [shape = []]) => ({
    shape,
    dtype: 'float32',
    code: ([u = [], a = [], b = []], out) => {
      for (let i = 0; i < u.length; i += 1) {
        const below = u[i] ?? Number.NaN;
        out[i] = betaLogit({ below, above: 1 - below }, a[i] ?? NaN, b[i] ?? NaN);
      }
    },
  }),
  gradient: (dy, [, a = dy, b = dy, l = dy]) => {
    const [x, rest] = [tf.sigmoid(l), tf.sigmoid(tf.neg(l))];
    /** 1 / (dI / dl). */
    const against = (): Tensor => tf.div(dy, edgeOf(a, b, x, rest));
    const slope = (inputs: Inputs): Tensor => tf.mul(against(), slopeAt(inputs));
    return {
      u: against,
      a: () => tf.neg(slope({ a, b, x, rest })),
      b: () => slope({ a: b, b: a, x: rest, rest: x }),
    };
  },
};

/**
 * The logit of the quantile of a beta law, log x − log(1 − x) where Iₓ(a, b) = u: it tells quantiles apart that float32
 * rounds to 0 or to 1.
 *
 * - Gradient: by the implicit function theorem.
 */
export const betaLogitQuantile = (u: Tensor, a: Tensor, b: Tensor): Tensor => {
  const shape = broadcastAll('betaLogitQuantile', [u.shape, a.shape, b.shape]);
  return runHostKernel(BETA_QUANTILE, {
    u: expandTo(u, shape),
    a: expandTo(a, shape),
    b: expandTo(b, shape),
  });
};
