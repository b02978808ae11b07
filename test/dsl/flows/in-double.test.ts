/** The formulas of flows, rounding left aside: determinants and round trips in double precision. */
import * as tf from '@tensorflow/tfjs';
import { asTensor } from 'marginalia/tensors';
import { describe, expect, it } from 'vitest';
import { logAbsDeterminant } from '../../../src/testing/distributions/log-determinant.js';
import { numericFunction } from '../../../src/testing/law/numeric-function.js';
import { flows, moved } from './flow-cases.js';

const H = 1e-5;
const start = [0.3, 0.9, -0.8];

describe.each(Object.entries(flows))('%s', (_, build) => {
  it('has the log determinant of its Jacobian, and comes back to where it began', () => {
    const flow = moved(build({ dim: 3, context: tf.tensor1d([0.4, -1]) }));
    const x = asTensor(start);
    const numeric = numericFunction({ x }, ({ x: at = x }) => {
      const y = flow.forward(at);
      const [back, logDet] = flow.inverseAndLogDet?.(y) ?? expect.fail();
      return { y, back, logDet, direct: flow.logAbsDetJacobian(at) };
    });
    expect(numeric.precision).toBe('double');
    const at = (values: readonly number[], what: string): readonly number[] =>
      Array.from(numeric.at({ x: values }, {})[what] ?? []);
    const columns = start.map((_x, j) => {
      const [up, down] = [H, -H].map((h) =>
        at(
          start.map((v, k) => (k === j ? v + h : v)),
          'y',
        ),
      );
      return start.map((_y, i) => ((up?.[i] ?? NaN) - (down?.[i] ?? NaN)) / (2 * H));
    });
    const expected = logAbsDeterminant(columns);
    expect(Math.abs(expected)).toBeGreaterThan(0.01);
    expect(at(start, 'direct')[0]).toBeCloseTo(expected, 7);
    // What hangs on weights alone is folded in float32, which not both ways have alike.
    expect(at(start, 'logDet')[0]).toBeCloseTo(expected, 5);
    at(start, 'back').forEach((v, i) => expect(v).toBeCloseTo(start[i] ?? NaN, 5));
  });
});
