/** Adagrad against its formula in double precision, over steps. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { type AdagradOptions, type OptimizerState, adagrad } from 'marginalia/optimizers';
import { describe, expect, it } from 'vitest';

/** What a parameter has moved by after each gradient. */
const moves = (
  rate: number,
  options: AdagradOptions,
  gradients: readonly number[],
): readonly number[] => {
  const optimizer = adagrad(rate, options);
  let state: OptimizerState = optimizer.init({ w: tf.scalar(0) });
  return gradients.map((g) => {
    const next = optimizer.update({ w: tf.scalar(g) }, state, { w: tf.scalar(0) });
    ({ state } = next);
    return next.updates['w']?.dataSync()[0] ?? NaN;
  });
};

describe('adagrad', () => {
  it('moves by the gradient over the root of the sum of all squares', () => {
    const gradients = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(gradients, fc.double({ min: 0, max: 2, noNaN: true }), (gs, first) => {
        let sum = first;
        for (const [i, found] of moves(
          0.3,
          { initialAccumulatorValue: first, eps: 1e-6 },
          gs,
        ).entries()) {
          const g = gs[i] ?? NaN;
          sum += g * g;
          const expected = (-0.3 * g) / Math.sqrt(sum + 1e-6);
          expect(Math.abs(found - expected)).toBeLessThan(1e-5 * (1 + Math.abs(expected)));
        }
      }),
      { seed: 3, numRuns: 30 },
    );
  });

  it('stands still where there never was a gradient', () => {
    expect(moves(0.3, { initialAccumulatorValue: 0 }, [0, 0]).map(Math.abs)).toEqual([0, 0]);
  });

  it('refuses sums that begin below 0, and an eps of 0', () => {
    expect(() => adagrad(0.1, { initialAccumulatorValue: -1 })).toThrow(
      /^adagrad: expected initialAccumulatorValue to be finite and at least 0, but got -1/,
    );
    expect(() => adagrad(0.1, { eps: 0 })).toThrow(/^adagrad: expected eps/);
  });
});
