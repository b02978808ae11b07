/** The likelihood of a mixture, in double precision. */
import { type SviState, paramValues } from 'marginalia';
import * as tf from '@tensorflow/tfjs';

/** Rows of numbers of mean 0 and variance 1 in each column. */
export const standardised = (
  rows: readonly (readonly number[])[],
): readonly (readonly number[])[] => {
  const columns = (rows[0] ?? []).map((_, j) => {
    const values = rows.map((row) => row[j] ?? 0);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const square = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    return { mean, scale: Math.sqrt(square) };
  });
  return rows.map((row) =>
    row.map((v, j) => (v - (columns[j]?.mean ?? 0)) / (columns[j]?.scale ?? 1)),
  );
};

/** A component of a mixture. */
export interface Component {
  readonly share: number;
  readonly loc: readonly number[];
  readonly scale: readonly number[];
}

/** The components that a state has, the one of the smaller mean first. */
export const componentsOf = (
  state: SviState<'mixture/logits' | 'mixture/loc' | 'mixture/scale'>,
): readonly Component[] => {
  const values = paramValues(state);
  const [logits, loc, scale] = [
    [...values['mixture/logits'].dataSync()],
    [...values['mixture/loc'].dataSync()],
    [...values['mixture/scale'].dataSync()],
  ];
  tf.dispose({ ...values });
  const weights = logits.map(Math.exp);
  const total = weights.reduce((a, b) => a + b, 0);
  const width = loc.length / logits.length;
  return weights
    .map((w, k) => ({
      share: w / total,
      loc: loc.slice(k * width, (k + 1) * width),
      scale: scale.slice(k * width, (k + 1) * width),
    }))
    .toSorted((a, b) => (a.loc[0] ?? 0) - (b.loc[0] ?? 0));
};

/** log π_k + log N(x; μ_k, σ_k²) of each component. */
const logJoints = (mixture: readonly Component[], x: readonly number[]): readonly number[] =>
  mixture.map(({ share, loc, scale }) =>
    x.reduce((sum, v, j) => {
      const s = scale[j] ?? Number.NaN;
      const u = (v - (loc[j] ?? 0)) / s;
      return sum - 0.5 * u * u - Math.log(s) - 0.5 * Math.log(2 * Math.PI);
    }, Math.log(share)),
  );

/** log p(x) of a row, nats. */
const logLikelihood = (mixture: readonly Component[], x: readonly number[]): number => {
  const logs = logJoints(mixture, x);
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, l) => sum + Math.exp(l - most), 0));
};

/** Its mean over rows, nats per row. */
export const meanLogLikelihood = (
  mixture: readonly Component[],
  rows: readonly (readonly number[])[],
): number => rows.reduce((sum, x) => sum + logLikelihood(mixture, x), 0) / rows.length;

/** p(z = k | x) of each component. */
export const responsibilities = (
  mixture: readonly Component[],
  x: readonly number[],
): readonly number[] => {
  const total = logLikelihood(mixture, x);
  return logJoints(mixture, x).map((l) => Math.exp(l - total));
};
