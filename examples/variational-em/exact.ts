/** What is known of a linear model with two latent numbers: its evidence and its posteriors. */
import * as tf from '@tensorflow/tfjs';
import { type SviState, item, paramValues } from 'marginalia';

type Rows = readonly (readonly number[])[];

/** Evidence and divergences, means over the data in nats. */
export interface Exact {
  readonly evidence: number;
  /** KL(q(z_i) ‖ p(z_i | x_i)). */
  readonly divergence: number;
}

interface Values {
  /** `[latent][width]`. */
  readonly weight: Rows;
  readonly bias: readonly number[];
  readonly scale: number;
  readonly loc: Rows;
  readonly scales: Rows;
}

/** The parameters that a state has. */
type Name = 'model/weight' | 'model/bias' | 'model/scale' | 'q/loc' | 'q/scale';

const valuesOf = (state: SviState<Name>): Values => {
  const values = paramValues(state);
  const rows = (name: Name): Rows => {
    const width = values[name].shape[1] ?? 1;
    const all = [...values[name].dataSync()];
    return Array.from({ length: all.length / width }, (_, i) =>
      all.slice(i * width, (i + 1) * width),
    );
  };
  const found = {
    weight: rows('model/weight'),
    bias: [...values['model/bias'].dataSync()],
    scale: item(values['model/scale']),
    loc: rows('q/loc'),
    scales: rows('q/scale'),
  };
  tf.dispose({ ...values });
  return found;
};

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

/**
 * Evidence and divergences of a state, in double precision. The posterior of z has the precision
 * P = I + W Wᵀ / σ², the same for all data, and the mean P⁻¹ W (x − b) / σ².
 */
export const exactOf = (state: SviState<Name>, rows: Rows): Exact => {
  const { weight, bias, scale, loc, scales } = valuesOf(state);
  const [first = [], second = []] = weight;
  const variance = scale ** 2;
  const a = 1 + dot(first, first) / variance;
  const b = dot(first, second) / variance;
  const c = 1 + dot(second, second) / variance;
  const logDet = Math.log(a * c - b * b);
  const solved = (u: number, v: number): readonly [number, number] => [
    (c * u - b * v) / (a * c - b * b),
    (a * v - b * u) / (a * c - b * b),
  ];
  const each = rows.map((x, i) => {
    const rest = x.map((v, j) => v - (bias[j] ?? 0));
    const [u, v] = [dot(first, rest) / variance, dot(second, rest) / variance];
    const [m0, m1] = solved(u, v);
    // By the determinant and the inverse of W Wᵀ + σ² I, both by way of P.
    const evidence =
      -0.5 *
      (x.length * Math.log(2 * Math.PI * variance) +
        logDet +
        dot(rest, rest) / variance -
        (u * m0 + v * m1));
    const [q0 = 0, q1 = 0] = loc[i] ?? [];
    const [s0 = 1, s1 = 1] = scales[i] ?? [];
    const [d0, d1] = [q0 - m0, q1 - m1];
    const divergence =
      0.5 *
      (a * s0 * s0 +
        c * s1 * s1 +
        a * d0 * d0 +
        2 * b * d0 * d1 +
        c * d1 * d1 -
        2 -
        logDet -
        2 * Math.log(s0 * s1));
    return { evidence, divergence };
  });
  return {
    evidence: mean(each.map((one) => one.evidence)),
    divergence: mean(each.map((one) => one.divergence)),
  };
};
