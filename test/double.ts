/** What tests of objectives share: formulas in double precision, and comparisons with float32. */
import * as tf from '@tensorflow/tfjs';
import type { Params } from 'marginalia/inference';
import { expect } from 'vitest';
import type { Tables } from './bounds/discrete-network.js';
import type { Found } from './bounds/estimate-at.js';

export const expectNear = (found: number, exact: number, tolerance = 1e-4): void =>
  expect(Math.abs(found - exact), `${found} for ${exact}`).toBeLessThan(
    tolerance * Math.max(1, Math.abs(exact)),
  );

export const expectGradients = (found: Found['gradients'], exact: Tables, scale = 1): void => {
  for (const [name, xs] of Object.entries(exact)) {
    xs.forEach((x, i) => expectNear((found[name]?.[i] ?? NaN) / scale, x, 3e-4));
  }
};

export const scalars = (values: Readonly<Record<string, number>>): Params =>
  Object.fromEntries(Object.entries(values).map(([name, x]) => [name, tf.scalar(x)]));
export const asTables = (values: Readonly<Record<string, number>>): Tables =>
  Object.fromEntries(Object.entries(values).map(([name, x]) => [name, [x]]));

export const logMeanExp = (xs: readonly number[]): number => {
  const peak = Math.max(...xs);
  return peak + Math.log(xs.reduce((sum, x) => sum + Math.exp(x - peak), 0) / xs.length);
};
export const logNormal = (x: number, mean: number, scale = 1): number =>
  -0.5 * ((x - mean) / scale) ** 2 - Math.log(scale) - 0.5 * Math.log(2 * Math.PI);
export const sigmoid = (l: number): number => 1 / (1 + Math.exp(-l));
