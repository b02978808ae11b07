/** Elementary functions with their values in double precision, and where float32 has its ends. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';
import { logSigmoid, softplus } from 'marginalia/tensors';
import { erf } from '../../src/compile/javascript/erf.js';

export interface Elementary {
  readonly f: (x: Tensor) => Tensor;
  readonly exact: (x: number) => number;
  /** The derivative, where there is one to compare. */
  readonly slope?: (x: number) => number;
  /** How far off the derivative may be, in units of the last place; few where it is left out. */
  readonly slopeUnits?: number;
  /** Where it is compared; everywhere, where it is left out. */
  readonly where?: (x: number) => boolean;
}

const sigmoid = (x: number): number =>
  x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
const softplusOf = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const rounded = (x: number): number => {
  const [floor, rest] = [Math.floor(x), x - Math.floor(x)];
  if (!Number.isFinite(x) || rest === 0) return x;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
};
const SELU = { scale: 1.0507009873554805, alpha: 1.7580993408473768 };
const within = (low: number, high: number) => (x: number) => x > low && x < high;
const normal = (x: number): boolean => !(Math.abs(x) < 2 ** -126) || x === 0;

export const elementary: Readonly<Record<string, Elementary>> = {
  abs: { f: tf.abs, exact: Math.abs },
  acos: { f: tf.acos, exact: Math.acos },
  acosh: { f: tf.acosh, exact: Math.acosh },
  asin: { f: tf.asin, exact: Math.asin },
  asinh: { f: tf.asinh, exact: Math.asinh },
  atan: { f: tf.atan, exact: Math.atan },
  'atan2 on the left': { f: (x) => tf.atan2(x, tf.scalar(-2)), exact: (x) => Math.atan2(x, -2) },
  'atan2 of −0': {
    f: (x) => tf.atan2(tf.zerosLike(x).neg(), x),
    exact: (x) => Math.atan2(-0, x),
    where: (x) => !Number.isNaN(x) && Math.abs(x) < Infinity && x !== 0,
  },
  atanh: { f: tf.atanh, exact: Math.atanh },
  ceil: { f: tf.ceil, exact: Math.ceil },
  clipByValue: {
    f: (x) => tf.clipByValue(x, -2, 3),
    exact: (x) => Math.min(Math.max(x, -2), 3),
  },
  cos: { f: tf.cos, exact: Math.cos },
  cosh: { f: tf.cosh, exact: Math.cosh },
  elu: { f: tf.elu, exact: (x) => (x >= 0 ? x : Math.expm1(x)) },
  erf: {
    f: tf.erf,
    exact: erf,
    slope: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x),
    // x² is rounded before its exponential is taken.
    slopeUnits: 60,
    where: within(-9, 9),
  },
  exp: { f: tf.exp, exact: Math.exp, slope: Math.exp },
  expm1: { f: tf.expm1, exact: Math.expm1, slope: Math.exp },
  floor: { f: tf.floor, exact: Math.floor },
  leakyRelu: {
    f: (x) => tf.leakyRelu(x, 0.2),
    exact: (x) => (x >= 0 ? x : Math.fround(0.2) * x),
  },
  log: { f: tf.log, exact: Math.log, slope: (x) => 1 / x, where: (x) => !(x < 0) && normal(x) },
  log1p: { f: tf.log1p, exact: Math.log1p, slope: (x) => 1 / (1 + x), where: (x) => !(x < -1) },
  logSigmoid: { f: logSigmoid, exact: (x) => -softplusOf(-x), slope: (x) => sigmoid(-x) },
  maximum: { f: (x) => tf.maximum(tf.scalar(1), x), exact: (x) => Math.max(x, 1) },
  minimum: { f: (x) => tf.minimum(tf.scalar(1), x), exact: (x) => Math.min(x, 1) },
  mod: {
    f: (x) => tf.mod(x, 3),
    exact: (x) => (x % 3 >= 0 ? x % 3 : (x % 3) + 3),
    // What is less than 3 by less than a rounding is 3, and as a remainder 0.
    where: (x) => Number.isFinite(x) && (x >= 0 || (x < -1e-6 && x > -1e6)),
  },
  neg: { f: tf.neg, exact: (x) => -x },
  'pow of a base': {
    f: (x) => tf.pow(tf.scalar(1.0001), x),
    exact: (x) => Math.fround(1.0001) ** x,
    where: within(-1e5, 1e5),
  },
  'pow −1.5': { f: (x) => tf.pow(x, -1.5), exact: (x) => x ** -1.5, where: (x) => x > 0 },
  'pow ½': { f: (x) => tf.pow(x, 0.5), exact: Math.sqrt, where: (x) => x > 0 },
  'pow 3': { f: (x) => tf.pow(x, 3), exact: (x) => x ** 3 },
  reciprocal: { f: tf.reciprocal, exact: (x) => 1 / x, where: (x) => x !== 0 && normal(x) },
  relu: { f: tf.relu, exact: (x) => Math.max(x, 0) },
  relu6: { f: tf.relu6, exact: (x) => Math.min(Math.max(x, 0), 6) },
  round: { f: tf.round, exact: rounded },
  rsqrt: { f: tf.rsqrt, exact: (x) => 1 / Math.sqrt(x), where: (x) => x > 0 },
  selu: { f: tf.selu, exact: (x) => (x >= 0 ? SELU.scale * x : SELU.alpha * Math.expm1(x)) },
  sigmoid: { f: tf.sigmoid, exact: sigmoid },
  sign: { f: tf.sign, exact: (x) => (Number.isNaN(x) ? 0 : Math.sign(x)) },
  sin: { f: tf.sin, exact: Math.sin },
  sinh: { f: tf.sinh, exact: Math.sinh },
  softplus: { f: softplus, exact: softplusOf, slope: sigmoid },
  'softplus of TensorFlow.js': { f: tf.softplus, exact: softplusOf, slope: sigmoid },
  sqrt: { f: tf.sqrt, exact: Math.sqrt, slope: (x) => 0.5 / Math.sqrt(x), where: (x) => !(x < 0) },
  square: { f: tf.square, exact: (x) => x * x },
  squaredDifference: {
    f: (x) => tf.squaredDifference(x, 1),
    exact: (x) => (x - 1) ** 2,
  },
  step: { f: (x) => tf.step(x), exact: (x) => (Number.isNaN(x) ? x : Number(x > 0)) },
  tan: { f: tf.tan, exact: Math.tan },
  tanh: { f: tf.tanh, exact: Math.tanh },
};

/** Every power of two and numbers between, of both signs; the ends, ±∞ and NaN; and what is common. */
export const points: readonly number[] = (() => {
  const found = [0, Infinity, -Infinity, NaN];
  for (let e = -149; e <= 127; e += 1) {
    for (const m of [1, 1 + 2 ** -23, 1.25, 1.7, 2 - 2 ** -23]) {
      const x = Math.fround(m * 2 ** e);
      if (Number.isFinite(x)) found.push(x, -x);
    }
  }
  for (let i = -200; i <= 200; i += 1)
    found.push(Math.fround(i / 10), i / 2, Math.fround(1 + i / 1e4));
  return found;
})();

/** The distance from what is right, in units of float32's last place there; below 2⁻¹²⁶ there is one. */
export const unitsOff = (found: number, right: number): number => {
  const nearest = Math.fround(right);
  if (found === nearest || (Number.isNaN(found) && Number.isNaN(nearest))) return 0;
  if (!Number.isFinite(found) || !Number.isFinite(nearest)) return Infinity;
  // Runtimes may take what is below the normal numbers for 0, and lose their digits just above.
  if (Math.abs(found - right) < 2 ** -140) return 0;
  if (Math.abs(right) < 2 ** -125 && Math.abs(found) < 2 ** -124) return 0;
  return Math.abs(found - right) / 2 ** (Math.floor(Math.log2(Math.abs(right) || 2 ** -126)) - 23);
};

/** The worst of a function's values: how far off, and where. */
export const worst = (
  found: ArrayLike<number>,
  exact: (x: number) => number,
  at: readonly number[],
): { readonly units: number; readonly x: number; readonly found: number; readonly right: number } =>
  at
    .map((x, i) => {
      const [value, right] = [found[i] ?? NaN, exact(x)];
      return { units: unitsOff(value, right), x, found: value, right };
    })
    .reduce((a, b) => (b.units > a.units ? b : a), { units: 0, x: 0, found: 0, right: 0 });

/** Where a function is compared. */
export const pointsOf = ({ where = () => true }: Elementary): readonly number[] =>
  points.filter((x) => where(x));

/** Value and derivative of a function at once. */
export const withSlope =
  ({ f, slope }: Elementary) =>
  (x: Tensor): Readonly<Record<string, Tensor>> =>
    slope === undefined ? { value: f(x) } : { value: f(x), slope: tf.grad((v: Tensor) => f(v))(x) };
