/** The conjugate families of the language. */
import * as tf from '@tensorflow/tfjs';
import {
  bernoulli,
  beta,
  categorical,
  dirichlet,
  exponential,
  gamma,
  normal,
} from '../../../../dsl/distributions/index.js';
import type { ConjugateFamily } from './family.js';
import { digamma, logGamma } from './gamma-in-double.js';
import { sum } from '../../statistics/numbers.js';

/** Shapes below this have draws that float32 rounds to an edge of the support. */
const LEAST_SHAPE = 0.75;

/** Positive parameters times e to the direction, not below what float32 can draw from. */
const movedShapes: ConjugateFamily['moved'] = (parameters, direction, t) => {
  let place = 0;
  return parameters.map((xs) =>
    xs.map((x) => {
      place += 1;
      const least = Math.min(x, LEAST_SHAPE);
      return Math.max(least, x * Math.exp(t * (direction[place - 1] ?? 0)));
    }),
  );
};

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** z ~ N(loc, scale), x ~ N(z, noise): c = (precision, precision · mean), T = (−z²/2, z). */
const normalNormal: ConjugateFamily = {
  names: ['Normal', 'Normal'],
  logNormaliser: ([precision = 1, shift = 0]) =>
    shift ** 2 / (2 * precision) - 0.5 * Math.log(precision) + HALF_LOG_TWO_PI,
  meanStatistics: ([precision = 1, shift = 0]) => [
    -0.5 * (1 / precision + (shift / precision) ** 2),
    shift / precision,
  ],
  parameters: ([precision = 1, shift = 0]) => [
    { name: 'loc', isPositive: false, values: [shift / precision] },
    { name: 'scale', isPositive: true, values: [1 / Math.sqrt(precision)] },
  ],
  fromParameters: ([[loc = 0] = [], [scale = 1] = []]) => [1 / scale ** 2, loc / scale ** 2],
  law: ([loc = 0, scale = 1]) => normal(loc, scale),
  likelihood: (z, noise) => normal(z, noise),
  hasNoise: true,
  datum: (x, noise) => ({
    counts: [1 / noise ** 2, x / noise ** 2],
    base: -(x ** 2) / (2 * noise ** 2) - Math.log(noise) - HALF_LOG_TWO_PI,
  }),
  logFactor: ([precision = 0, shift = 0], z) =>
    tf.sub(tf.mul(z, shift), tf.mul(tf.square(z), precision / 2)),
  correlation: () => 0,
  moved: ([[loc = 0] = [], [scale = 1] = []], [along = 0, wider = 0], t) => [
    [loc + t * along * scale],
    [scale * Math.exp((t * wider) / 2)],
  ],
};

/** z ~ Beta(a, b), x ~ Bernoulli(z): c = (a, b), T = (log z, log(1 − z)). */
const betaBernoulli: ConjugateFamily = {
  names: ['Beta', 'Bernoulli'],
  logNormaliser: ([a = 1, b = 1]) => logGamma(a) + logGamma(b) - logGamma(a + b),
  meanStatistics: ([a = 1, b = 1]) => [digamma(a) - digamma(a + b), digamma(b) - digamma(a + b)],
  parameters: ([a = 1, b = 1]) => [
    { name: 'ones', isPositive: true, values: [a] },
    { name: 'zeros', isPositive: true, values: [b] },
  ],
  fromParameters: ([[a = 1] = [], [b = 1] = []]) => [a, b],
  law: ([a = 1, b = 1]) => beta(a, b),
  likelihood: (z) => bernoulli({ probs: z }),
  hasNoise: false,
  datum: (x) => ({ counts: [x, 1 - x], base: 0 }),
  logFactor: ([a = 0, b = 0], z) => tf.add(tf.mul(tf.log(z), a), tf.mul(tf.log1p(tf.neg(z)), b)),
  correlation: () => 0,
  moved: movedShapes,
};

/** z ~ Gamma(a, rate b), x ~ Exponential(z): c = (a, b), T = (log z, −z). */
const gammaExponential: ConjugateFamily = {
  names: ['Gamma', 'Exponential'],
  logNormaliser: ([a = 1, b = 1]) => logGamma(a) - a * Math.log(b),
  meanStatistics: ([a = 1, b = 1]) => [digamma(a) - Math.log(b), -a / b],
  parameters: ([a = 1, b = 1]) => [
    { name: 'concentration', isPositive: true, values: [a] },
    { name: 'rate', isPositive: true, values: [b] },
  ],
  fromParameters: ([[a = 1] = [], [b = 1] = []]) => [a, b],
  law: ([a = 1, b = 1]) => gamma(a, b),
  likelihood: (z) => exponential(z),
  hasNoise: false,
  datum: (x) => ({ counts: [1, x], base: 0 }),
  logFactor: ([a = 0, b = 0], z) => tf.sub(tf.mul(tf.log(z), a), tf.mul(z, b)),
  correlation: () => 0,
  moved: movedShapes,
};

/** z ~ Dirichlet(a), x ~ Categorical(z): c = a, T = log z. */
const dirichletCategorical: ConjugateFamily = {
  names: ['Dirichlet', 'Categorical'],
  logNormaliser: (c) => sum(c.map(logGamma)) - logGamma(sum(c)),
  meanStatistics: (c) => c.map((a) => digamma(a) - digamma(sum(c))),
  parameters: (c) => [{ name: 'concentration', isPositive: true, values: c }],
  fromParameters: ([c = []]) => c,
  law: ([concentration = [1, 1]]) => dirichlet(concentration),
  likelihood: (z) => categorical({ probs: z }),
  hasNoise: false,
  datum: (x, _, size) => ({
    counts: Array.from({ length: size }, (__, k) => (k === x ? 1 : 0)),
    base: 0,
  }),
  logFactor: (c, z) => tf.sum(tf.mul(tf.log(z), [...c]), -1),
  // Two shares add up to one, so there is but one number.
  correlation: (c) =>
    c.length < 3
      ? 0
      : Math.max(
          ...c.flatMap((a, i) =>
            c.slice(0, i).map((b) => Math.sqrt((a * b) / ((sum(c) - a) * (sum(c) - b)))),
          ),
        ),
  moved: movedShapes,
};

/** Families by the name of their prior. */
export const families = {
  normal: normalNormal,
  beta: betaBernoulli,
  gamma: gammaExponential,
  dirichlet: dirichletCategorical,
} as const satisfies Readonly<Record<string, ConjugateFamily>>;

export type FamilyName = keyof typeof families;
