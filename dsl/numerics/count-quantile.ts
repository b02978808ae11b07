/**
 * Draws of counts as functions of normal noise: quantiles as kernels in double precision, whose search takes as
 * many steps as it takes. No gradient passes a whole number.
 */
import { type HostCode, type HostKernel, runHostKernel } from '../tensors/host-kernel.js';
import { withoutGradient } from '../tensors/gradient.js';
import { broadcastAll } from '../tensors/shape.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';
import {
  binomialQuantile,
  multinomialQuantile,
  negativeBinomialQuantile,
  poissonQuantile,
} from './double/count-quantile.js';

const eachOf =
  (f: (...numbers: readonly number[]) => number): HostCode =>
  (inputs, out) => {
    const { length } = inputs[0] ?? [];
    for (let i = 0; i < length; i += 1) out[i] = f(...inputs.map((x) => x[i] ?? Number.NaN));
  };

const kernelOf = (name: string, f: (...numbers: readonly number[]) => number): HostKernel => ({
  name,
  work: (_, [shape = []]) => ({ code: eachOf(f), shape, dtype: 'float32' }),
});

/** The kernel of Poisson draws: inputs `e` and `rate`, of one shape. */
export const POISSON_QUANTILE = kernelOf('PoissonQuantile', (e = Number.NaN, rate = Number.NaN) =>
  poissonQuantile(e, rate),
);

/** The kernel of binomial draws: inputs `e`, `count` and `logits`, of one shape. */
export const BINOMIAL_QUANTILE = kernelOf(
  'BinomialQuantile',
  (e = Number.NaN, count = Number.NaN, logits = Number.NaN) => binomialQuantile(e, count, logits),
);

/** The kernel of negative binomial draws: inputs `e`, `mean` and `concentration`, of one shape. */
export const NEGATIVE_BINOMIAL_QUANTILE = kernelOf(
  'NegativeBinomialQuantile',
  (e = Number.NaN, mean = Number.NaN, concentration = Number.NaN) =>
    negativeBinomialQuantile(e, mean, concentration),
);

/** The kernel of multinomial draws, row by row: inputs `e`, `count` and `logits`, of one shape whose last axis is the classes. */
export const MULTINOMIAL_QUANTILE: HostKernel = {
  name: 'MultinomialQuantile',
  work: (_, [shape = []]) => {
    const classes = shape.at(-1) ?? 1;
    return {
      shape,
      dtype: 'float32',
      code: ([e = [], count = [], logits = []], out) => {
        for (let at = 0; at < e.length; at += classes) {
          multinomialQuantile(e, count[at] ?? Number.NaN, logits, out, at, classes);
        }
      },
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

/** The least k that a Poisson number is at most with a chance of Φ(e) or more. */
export const poissonDraw = (e: Tensor, rate: Tensor): Tensor =>
  withoutGradient([e, rate], ([noise = e, mean = rate]) =>
    run(POISSON_QUANTILE, { e: noise, rate: mean }),
  );

/** The same of the ones among `count` trials, each of them a one by these log odds. */
export const binomialDraw = (e: Tensor, count: Tensor, logits: Tensor): Tensor =>
  withoutGradient([e, count, logits], ([noise = e, trials = count, odds = logits]) =>
    run(BINOMIAL_QUANTILE, { e: noise, count: trials, logits: odds }),
  );

/** The same of a negative binomial law. */
export const negativeBinomialDraw = (e: Tensor, mean: Tensor, concentration: Tensor): Tensor =>
  withoutGradient([e, mean, concentration], ([noise = e, m = mean, r = concentration]) =>
    run(NEGATIVE_BINOMIAL_QUANTILE, { e: noise, mean: m, concentration: r }),
  );

/** How many of `count` fall into each class along the last axis, by logarithms of weights. */
export const multinomialDraw = (e: Tensor, count: Tensor, logWeights: Tensor): Tensor =>
  withoutGradient([e, count, logWeights], ([noise = e, trials = count, logits = logWeights]) =>
    run(MULTINOMIAL_QUANTILE, { e: noise, count: trials, logits }),
  );

/** ⌊n (u + v 2⁻²⁴)⌋ for a whole number n: uniform numbers of float32 have too few digits for a large one. */
export const WHOLE_UNIFORM = kernelOf(
  'WholeUniform',
  (u = Number.NaN, v = Number.NaN, n = Number.NaN) =>
    Math.min(n - 1, Math.max(0, Math.floor(n * (u + (v - 0.5) * 2 ** -24)))),
);

/** One of the whole numbers from 0 to `count` − 1, each with the same chance. */
export const wholeDraw = (u: Tensor, v: Tensor, count: Tensor): Tensor =>
  withoutGradient([u, v, count], ([first = u, second = v, n = count]) =>
    run(WHOLE_UNIFORM, { u: first, v: second, n }),
  );
