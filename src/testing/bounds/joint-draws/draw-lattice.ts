/**
 * All joint draws of a bound: every value of the sites of finite support, at every particle and element of
 * a plate, times a Gaussian quadrature of the noise of the others.
 */
import { entryOf, mapped } from '../../../../dsl/records/dictionary.js';
import { sizeOf } from '../../../../dsl/tensors/shape.js';
import type { NoiseInput } from '../../../inference/compiled/noisy-graph.js';
import { noiseOwner } from '../../../random/noise-source.js';
import type { NumbersByName } from '../../law/numeric-function.js';
import { hermite, legendre } from '../../statistics/quadrature.js';
import type { DrawnBound } from './drawn-bound.js';

/** Joint draws that an expectation is the sum over. */
export interface Lattice {
  readonly points: number;
  /** How many of its axes are a quadrature, which is exact for polynomials alone. */
  readonly integrated: number;
  /** Calls with each draw and the weight of its quadrature; the arrays are changed by the next. */
  readonly each: (visit: (noise: NumbersByName, weight: number) => void) => void;
}

/** Some numbers of a draw that vary together. */
interface Axis {
  readonly input: string;
  readonly start: number;
  readonly options: readonly (readonly number[])[];
  /** Of a quadrature; left out where the chance follows from the guide. */
  readonly weights?: readonly number[];
}

/** Tails of a quadrature that no double notices. */
const NEGLIGIBLE = 1e-24;

const axesOf = (
  bound: DrawnBound,
  { input, site, noise, batch }: NoiseInput,
  order: number,
): readonly Axis[] | string => {
  const { kind, name } = noiseOwner(site);
  // The rows of a plate and what a model dreams are given: the law holds for each.
  if (kind !== 'site') return [];
  const size = sizeOf(batch);
  if (bound.given.has(name)) {
    const listed = bound.given.get(name);
    if (listed === undefined) return `the draws of '${name}', of which there is no list`;
    const width = sizeOf(noise.shape);
    return Array.from({ length: size }, (_, i) => ({
      input,
      start: i * width,
      options: listed.values,
    }));
  }
  if (noise.law === 'gumbel') return `Gumbel noise of '${name}'`;
  const { nodes, weights } = noise.law === 'normal' ? hermite(order) : legendre(order);
  return Array.from({ length: size * sizeOf(noise.shape) }, (_, i) => ({
    input,
    start: i,
    options: nodes.map((x) => [x]),
    weights,
  }));
};

/** How many numbers of noise are integrated, and in how many ways the finite sites can fall. */
export const extentOf = (
  bound: DrawnBound,
): { readonly dimensions: number; readonly outcomes: number } | string => {
  let [dimensions, outcomes] = [0, 1];
  for (const noise of bound.noises) {
    const axes = axesOf(bound, noise, 1);
    if (typeof axes === 'string') return axes;
    for (const axis of axes) {
      if (axis.weights === undefined) outcomes *= axis.options.length;
      else dimensions += 1;
    }
  }
  return { dimensions, outcomes };
};

/** The lattice with `order` points along every axis of a quadrature; `fixed` is the rest of the noise. */
export const latticeOf = (bound: DrawnBound, fixed: NumbersByName, order: number): Lattice => {
  const axes = bound.noises.flatMap((noise) => {
    const found = axesOf(bound, noise, order);
    return typeof found === 'string' ? [] : found;
  });
  const each: Lattice['each'] = (visit) => {
    const noise = mapped(fixed, (xs) => Float64Array.from(xs));
    const from = (i: number, weight: number): void => {
      if (weight < NEGLIGIBLE) return;
      const axis = axes[i];
      if (axis === undefined) return visit(noise, weight);
      const into = entryOf(noise, axis.input);
      axis.options.forEach((option, k) => {
        into?.set(option, axis.start);
        from(i + 1, weight * (axis.weights?.[k] ?? 1));
      });
    };
    from(0, 1);
  };
  return {
    points: axes.reduce((product, a) => product * a.options.length, 1),
    integrated: axes.filter((a) => a.weights !== undefined).length,
    each,
  };
};
