/** A table of log densities written independently of the families, in double precision. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import type { Distribution, Tensor } from 'marginalia';
import { expect } from 'vitest';
import { sum } from '../../../src/testing/statistics/numbers.js';

/** A family of one number with its density, entropy and distribution function as a textbook has them. */
export interface Formula {
  readonly name: string;
  /** The range of each parameter, spread evenly in the logarithm. */
  readonly parameters: readonly (readonly [number, number])[];
  readonly make: (...parameters: readonly number[]) => Distribution;
  /** A value, from a number in (0, 1) and the parameters. */
  readonly at: (u: number, ...parameters: readonly number[]) => number;
  readonly logProb: (z: number, ...parameters: readonly number[]) => number;
  readonly entropy?: (...parameters: readonly number[]) => number;
  readonly cdf?: (z: number, ...parameters: readonly number[]) => number;
  /** How many cases, where the formulas are integrals that take their time. */
  readonly runs?: number;
}

const first = (x: Tensor | undefined): number => x?.dataSync()[0] ?? Number.NaN;

/** Float32 numbers, spread evenly in the logarithm. */
const spread = (low: number, high: number): fc.Arbitrary<number> =>
  fc
    .double({ min: Math.log(low), max: Math.log(high), noNaN: true })
    .map((l) => Math.fround(Math.exp(l)));

/** What float32 rounds in a value and in parameters moves a function of them by as much as this. */
const roundingOf = (f: (...xs: readonly number[]) => number, xs: readonly number[]): number =>
  sum(
    xs.map((_, i) =>
      Math.abs(f(...xs.map((x, j) => (i === j ? x * (1 + 2 ** -23) : x))) - f(...xs)),
    ),
  );

/** Checks a family against its row at random parameters and values. */
export const checkFormula = (f: Formula, isWhole = false): void =>
  fc.assert(
    fc.property(
      fc.tuple(...f.parameters.map(([low, high]) => spread(low, high))),
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      (parameters, u) => {
        const d = f.make(...parameters);
        const value = Math.fround(f.at(u, ...parameters));
        fc.pre(Math.abs(value) < 1e30 && (isWhole || Math.abs(value) > 1e-30));
        const near = (
          what: string,
          received: number,
          exact: (...xs: readonly number[]) => number,
          xs: readonly number[],
          slack: number,
          unit = 1,
        ): void => {
          const wanted = exact(...xs);
          const allowed = slack * (unit + Math.abs(wanted)) + 2 * roundingOf(exact, xs);
          expect(
            Math.abs(received - wanted),
            `${what}: ${received} for ${wanted} at ${xs.join(', ')}`,
          ).toBeLessThanOrEqual(allowed);
        };
        const at = [value, ...parameters];
        near('log p', first(d.logProb(tf.scalar(value))), f.logProb, at, 2e-6);
        if (f.entropy) near('entropy', first(d.entropy?.()), f.entropy, parameters, 3e-6);
        // Small shares are right relative to themselves.
        if (f.cdf) near('cdf', first(d.cdf?.(tf.scalar(value))), f.cdf, at, 3e-6, 1e-30);
      },
    ),
    { seed: 12, numRuns: f.runs ?? 200 },
  );
