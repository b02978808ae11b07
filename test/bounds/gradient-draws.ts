/**
 * Many draws of a gradient in one run: each element of an outer plate has parameters of its own, so
 * the plate gives as many independent gradients as it has elements.
 */
import * as tf from '@tensorflow/tfjs';
import { type Objective, type Program, type Tensor, key, plate } from 'marginalia';
import { keyedNoise } from 'marginalia/random';
import { expect } from 'vitest';
import { estimateAt } from './estimate-at.js';

export const DRAWS = 1000;

type AnyProgram = Program<unknown, unknown>;

export const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;
export const variance = (xs: readonly number[]): number => {
  const centre = mean(xs);
  return xs.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (xs.length - 1);
};

/** Parameters by name, the last axis of each the entries of one gradient. */
type Start = Readonly<Record<string, readonly number[]>>;

/** Gradients by entry of the parameters, `draws` of each. */
export const gradientsOf = (
  model: AnyProgram,
  guide: AnyProgram,
  objective: Objective,
  start: Start,
  draws: number,
  seed = 0,
): Readonly<Record<string, readonly number[]>> => {
  const params = Object.fromEntries(
    Object.entries(start).map(([name, xs]) => [
      name,
      tf.tensor2d(Array.from({ length: draws }, () => [...xs])),
    ]),
  );
  const found = estimateAt(plate('draws', draws, model), plate('draws', draws, guide), objective, {
    noise: keyedNoise(key(seed)),
    params,
    // A poor guess at the cost, which must not matter.
    carry: {
      'average cost z': tf.scalar(-1),
      'average cost w': tf.scalar(-1),
      'average cost k': tf.scalar(-1),
    },
  });
  tf.dispose(params);
  return Object.fromEntries(
    Object.entries(start).flatMap(([name, xs]) =>
      xs.map((_, j) => [
        `${name}${j}`,
        Array.from({ length: draws }, (__, i) => found.gradients[name]?.[i * xs.length + j] ?? NaN),
      ]),
    ),
  );
};

/**
 * That gradients have the exact mean. Six standard errors of thousands of draws: a false alarm has
 * probability 2e-9 for each entry, and below 1e-6 for all entries of this file together.
 */
export const expectMean = (
  found: Readonly<Record<string, readonly number[]>>,
  exact: Readonly<Record<string, number>>,
): void => {
  for (const [name, xs] of Object.entries(found)) {
    const error = Math.sqrt(variance(xs) / xs.length);
    const off = Math.abs(mean(xs) - (exact[name] ?? NaN));
    expect(error, name).toBeLessThan(0.3);
    expect(off, `${name}: ${mean(xs)} ± ${error}, exactly ${exact[name]}`).toBeLessThan(
      6 * error + 2e-4,
    );
  }
};

export const means = (
  found: Readonly<Record<string, readonly number[]>>,
): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(found).map(([name, xs]) => [name, mean(xs)]));

export const sigmoid = (l: number): number => 1 / (1 + Math.exp(-l));

/** The only entry of a parameter's last axis. */
export const atFirst = (x: Tensor): Tensor => tf.squeeze(x, [-1]);

/** Entry j of a parameter's last axis. */
export const entry = (x: Tensor, j: number): Tensor => {
  const width = x.shape.at(-1) ?? 0;
  const own = Array.from({ length: width }, (_, i) => Number(i === j));
  return tf.sum(tf.mul(x, own), -1);
};
