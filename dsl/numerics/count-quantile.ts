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
  binomialQuantileOf,
  byNoise,
  byShare,
  multinomialQuantile,
  negativeBinomialQuantile,
  negativeBinomialQuantileOf,
  poissonQuantile,
} from './double/count-quantile.js';

const eachOf =
  (f: (...numbers: readonly number[]) => number): HostCode =>
  (inputs, out) => {
    const { length } = inputs[0] ?? [];
    for (let i = 0; i < length; i += 1) out[i] = f(...inputs.map((x) => x[i] ?? Number.NaN));
  };

type Wanted = ReturnType<typeof byNoise>;

const plainKernel = (name: string, f: (...numbers: readonly number[]) => number): HostKernel => ({
  name,
  work: (_, [shape = []]) => ({ code: eachOf(f), shape, dtype: 'float32' }),
});

/** By noise `e`, or where the attribute `by` says so by a share. */
const kernelOf = (
  name: string,
  f: (wanted: Wanted, ...parameters: readonly number[]) => number,
): HostKernel => ({
  name,
  work: ({ by }, [shape = []]) => {
    const read = by === 'share' ? byShare : byNoise;
    const code = eachOf((e = Number.NaN, ...parameters) => f(read(e), ...parameters));
    return { code, shape, dtype: 'float32' };
  },
});

/** The kernel of quantiles of Poisson laws: inputs `e` and `rate`, of one shape. */
export const POISSON_QUANTILE = kernelOf('PoissonQuantile', (e, rate = Number.NaN) =>
  poissonQuantile(e, rate),
);

/** The kernel of binomial draws: inputs `e`, `count` and `logits`, of one shape. */
export const BINOMIAL_QUANTILE = kernelOf(
  'BinomialQuantile',
  (e, count = Number.NaN, logits = Number.NaN) => binomialQuantile(e, count, logits),
);

/** The kernel of negative binomial draws: inputs `e`, `mean` and `concentration`, of one shape. */
export const NEGATIVE_BINOMIAL_QUANTILE = kernelOf(
  'NegativeBinomialQuantile',
  (e, mean = Number.NaN, concentration = Number.NaN) =>
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

/** The kernel of binomial quantiles by shares: inputs `u`, `count`, `on` and `off`, of one shape. */
export const BINOMIAL_COUNT = plainKernel(
  'BinomialCount',
  (u = Number.NaN, count = Number.NaN, on = Number.NaN, off = Number.NaN) =>
    binomialQuantileOf(byShare(u), count, on, off),
);

/** The kernel of negative binomial quantiles by shares: inputs `u`, `concentration`, `own` and `others`, of one shape. */
export const NEGATIVE_BINOMIAL_COUNT = plainKernel(
  'NegativeBinomialCount',
  (u = Number.NaN, concentration = Number.NaN, own = Number.NaN, others = Number.NaN) =>
    negativeBinomialQuantileOf(byShare(u), concentration, own, others),
);

const run = (
  kernel: HostKernel,
  inputs: Readonly<Record<string, Tensor>>,
  by: 'noise' | 'share' = 'noise',
): Tensor => {
  const shape = broadcastAll(
    kernel.name,
    Object.values(inputs).map((x) => x.shape),
  );
  return runHostKernel(
    kernel,
    Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, expandTo(x, shape)])),
    { by },
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
export const WHOLE_UNIFORM = plainKernel(
  'WholeUniform',
  (u = Number.NaN, v = Number.NaN, n = Number.NaN) =>
    Math.min(n - 1, Math.max(0, Math.floor(n * (u + (v - 0.5) * 2 ** -24)))),
);

/** One of the whole numbers from 0 to `count` − 1, each with the same chance. */
export const wholeDraw = (u: Tensor, v: Tensor, count: Tensor): Tensor =>
  withoutGradient([u, v, count], ([first = u, second = v, n = count]) =>
    run(WHOLE_UNIFORM, { u: first, v: second, n }),
  );

/** The least k up to which a Poisson law has a share u or more; shares that float32 hardly tells apart are one. */
export const poissonCount = (u: Tensor, rate: Tensor): Tensor =>
  withoutGradient([u, rate], ([share = u, mean = rate]) =>
    run(POISSON_QUANTILE, { e: share, rate: mean }, 'share'),
  );

/** The same of a binomial law by the chances of a one and of none. */
export const binomialCount = (u: Tensor, count: Tensor, on: Tensor, off: Tensor): Tensor =>
  withoutGradient([u, count, on, off], ([share = u, trials = count, p = on, q = off]) =>
    run(BINOMIAL_COUNT, { u: share, count: trials, on: p, off: q }),
  );

/** The same of a negative binomial law by its concentration and the shares of it and of the mean in their sum. */
export const negativeBinomialCount = (
  u: Tensor,
  concentration: Tensor,
  own: Tensor,
  others: Tensor,
): Tensor =>
  withoutGradient([u, concentration, own, others], ([share = u, r = own, x = own, rest = own]) =>
    run(NEGATIVE_BINOMIAL_COUNT, { u: share, concentration: r, own: x, others: rest }),
  );
