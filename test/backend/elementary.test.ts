/** That elementary functions and their derivatives are right on every backend, ends included. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { normal, studentT, useBackend } from 'marginalia';
import { asTensor } from 'marginalia/tensors';
import { elementary, pointsOf, withSlope, worst } from './elementary-functions.js';

/** Units of the last place: `cpu` rounds once, and a derivative is made of two or three roundings. */
const MOST = { wasm: 3, cpu: 1 } as const;
const MOST_OF_SLOPE = 4;

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  it.each(Object.entries(elementary))('%s', async (_, entry) => {
    await useBackend(backend)();
    const at = pointsOf(entry);
    const found = tf.tidy(() => {
      const { value, slope } = withSlope(entry)(tf.tensor1d([...at]));
      return { value: value?.dataSync() ?? [], slope: slope?.dataSync() ?? [] };
    });
    const off = worst(found.value, entry.exact, at);
    expect(off.units, JSON.stringify(off)).toBeLessThanOrEqual(MOST[backend]);
    if (entry.slope === undefined) return;
    const slopeOff = worst(found.slope, entry.slope, at);
    expect(slopeOff.units, JSON.stringify(slopeOff)).toBeLessThanOrEqual(
      entry.slopeUnits ?? MOST_OF_SLOPE,
    );
  });

  it('hands NaN on from either side', async () => {
    await useBackend(backend)();
    const [a, b] = [tf.tensor1d([NaN, 1]), tf.tensor1d([1, NaN])];
    expect([...tf.maximum(a, b).dataSync()]).toEqual([NaN, NaN]);
    expect([...tf.minimum(a, b).dataSync()]).toEqual([NaN, NaN]);
  });

  it("Student's t of a million degrees is nearly the normal law", async () => {
    await useBackend(backend)();
    const [t, z] = [studentT(1e6, 0, 1), normal(0, 1)];
    for (const x of [0, 1, -2]) {
      const at = asTensor(x);
      const [found, right] = [t.logProb(at).dataSync()[0], z.logProb(at).dataSync()[0]];
      expect((found ?? NaN) - (right ?? NaN)).toBeCloseTo(0, 5);
    }
  });
});
