/** The distribution function of Student's t law and its inverse, as kernels in double precision. */
import * as tf from '@tensorflow/tfjs';
import { type HostKernel, runHostKernel } from '../../tensors/host-kernel.js';
import { broadcastAll } from '../../tensors/shape.js';
import { type Tensor, expandTo } from '../../tensors/tensor.js';
import {
  logStudentShare,
  studentQuantile,
  studentQuantileOfLog,
  studentWithin,
  studentWithinQuantile,
} from '../double/student-t.js';
import { binet } from '../gamma-function.js';
import { HALF_LOG_TWO_PI, log1pSquare } from '../special.js';

/** log Γ(x + ½) − log Γ(x) − ½ log 2πx, without the logarithms that would cancel for large x. */
export const logNormaliser = (x: Tensor): Tensor => {
  const above = tf.add(x, 0.5);
  const bulk = tf.sub(tf.mul(x, tf.log1p(tf.div(0.5, x))), 0.5 + HALF_LOG_TWO_PI);
  return tf.add(bulk, tf.sub(binet(above), binet(x)));
};

/** log of the density of Student's t law with `df` degrees of freedom, of scale 1 about 0. */
export const logStudentT = (t: Tensor, df: Tensor): Tensor => {
  const half = tf.div(df, 2);
  const tail = tf.mul(tf.add(half, 0.5), log1pSquare(tf.div(t, tf.sqrt(df))));
  return tf.sub(logNormaliser(half), tail);
};

/** How far degrees of freedom are moved, beside themselves. */
const STEP = 1e-3;

/** ∂ log F / ∂ν of the smaller share, by five places in double precision. */
const logSlopeBelow = (t: number, df: number): number => {
  const h = STEP * df;
  const at = (nu: number): number => logStudentShare(t, nu);
  return (8 * (at(df + h) - at(df - h)) - (at(df + 2 * h) - at(df - 2 * h))) / (12 * h);
};

const functions = {
  share: (t: number, df: number) => Math.exp(logStudentShare(t, df)),
  log: logStudentShare,
  within: studentWithin,
  /** ∂F / ∂ν: what one side gains the other loses. */
  slope: (t: number, df: number) => {
    const far = -Math.abs(t);
    return -Math.sign(t) * Math.exp(logStudentShare(far, df)) * logSlopeBelow(far, df);
  },
  logSlope: (t: number, df: number) => {
    const far = -Math.abs(t);
    const odds = t > 0 ? -Math.exp(logStudentShare(far, df) - logStudentShare(t, df)) : 1;
    return odds * logSlopeBelow(far, df);
  },
} as const;

type What = keyof typeof functions;

const isWhat = (what: unknown): what is What => typeof what === 'string' && what in functions;

const whatIn = (what: unknown): What => (isWhat(what) ? what : 'share');

const shareOf = (t: Tensor, df: Tensor, what: What): Tensor =>
  runHostKernel(STUDENT_T_SHARE, { t, df }, { what });

/** The kernel of F(t), its logarithm and its slope in ν: inputs `t` and `df` of one shape, attribute `what`. */
export const STUDENT_T_SHARE: HostKernel = {
  name: 'StudentTShare',
  inputs: ['t', 'df'],
  work: ({ what }, [shape = []]) => {
    const f = functions[whatIn(what)];
    return {
      shape,
      dtype: 'float32',
      code: ([t = [], df = []], out) => {
        for (let i = 0; i < t.length; i += 1) out[i] = f(t[i] ?? Number.NaN, df[i] ?? Number.NaN);
      },
    };
  },
  gradient: (dy, [t = dy, df = dy, y = dy], attributes) => {
    const what = whatIn(attributes['what']);
    if (what === 'slope' || what === 'logSlope') {
      // There is no kernel of the second slopes: what is not known is no number.
      const unknown = (): Tensor => tf.mul(dy, Number.NaN);
      return { t: unknown, df: unknown };
    }
    const isLog = what === 'log';
    const density = (): Tensor => logStudentT(t, df);
    const both = what === 'within' ? 2 : 1;
    return {
      t: () => tf.mul(dy, tf.mul(tf.exp(isLog ? tf.sub(density(), y) : density()), both)),
      df: () => tf.mul(dy, tf.mul(shareOf(t, df, isLog ? 'logSlope' : 'slope'), both)),
    };
  },
};

const quantiles = {
  share: studentQuantile,
  log: studentQuantileOfLog,
  within: studentWithinQuantile,
} as const;

type By = keyof typeof quantiles;

const byIn = (by: unknown): By => (by === 'log' || by === 'within' ? by : 'share');

/** The kernel of quantiles by shares, by their logarithms or by what lies within: inputs `u` and `df`, attribute `by`. */
export const STUDENT_T_QUANTILE: HostKernel = {
  name: 'StudentTQuantile',
  inputs: ['u', 'df'],
  work: ({ by }, [shape = []]) => {
    const f = quantiles[byIn(by)];
    return {
      shape,
      dtype: 'float32',
      code: ([u = [], df = []], out) => {
        for (let i = 0; i < u.length; i += 1) out[i] = f(u[i] ?? Number.NaN, df[i] ?? Number.NaN);
      },
    };
  },
  gradient: (dy, [u = dy, df = dy, t = dy], attributes) => {
    const by = byIn(attributes['by']);
    const density = (): Tensor => logStudentT(t, df);
    const far = (): Tensor => tf.neg(tf.abs(t));
    return {
      u: () => {
        const slope = tf.exp(by === 'log' ? tf.sub(u, density()) : tf.neg(density()));
        return tf.mul(dy, tf.mul(slope, by === 'within' ? 0.5 : 1));
      },
      // The smaller tail: t moves outwards by its logarithm's slope over the hazard.
      df: () => {
        const scale = tf.exp(tf.sub(shareOf(far(), df, 'log'), density()));
        const outward = tf.mul(tf.mul(tf.sign(t), scale), shareOf(far(), df, 'logSlope'));
        return tf.mul(dy, outward);
      },
    };
  },
};

const wide = (x: Tensor, df: Tensor): readonly [Tensor, Tensor] => {
  const shape = broadcastAll('studentT', [x.shape, df.shape]);
  return [expandTo(x, shape), expandTo(df, shape)];
};

/** P(T ≤ t), small shares right relative to themselves. */
export const studentTCdf = (t: Tensor, df: Tensor): Tensor => shareOf(...wide(t, df), 'share');

/** log P(T ≤ t), in nats, in both tails. */
export const studentTLogCdf = (t: Tensor, df: Tensor): Tensor => shareOf(...wide(t, df), 'log');

/** P(−t ≤ T ≤ t) for t ≥ 0, likewise. */
export const studentTWithin = (t: Tensor, df: Tensor): Tensor => shareOf(...wide(t, df), 'within');

const quantileOf = (given: Tensor, nu: Tensor, by: By): Tensor => {
  const [u, df] = wide(given, nu);
  return runHostKernel(STUDENT_T_QUANTILE, { u, df }, { by });
};

/** The t with P(T ≤ t) = u. Gradient: by the implicit function theorem. */
export const studentTQuantile = (u: Tensor, df: Tensor): Tensor => quantileOf(u, df, 'share');

/** The t with log P(T ≤ t) = `log`, far out as well, likewise. */
export const studentTQuantileOfLog = (log: Tensor, df: Tensor): Tensor =>
  quantileOf(log, df, 'log');

/** The t with P(−t ≤ T ≤ t) = u, likewise. */
export const studentTWithinQuantile = (u: Tensor, df: Tensor): Tensor =>
  quantileOf(u, df, 'within');
