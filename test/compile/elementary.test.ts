/** That elementary functions and their derivatives are right by every executor, ends included. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from 'marginalia';
import { compiledBy } from './compiled-values.js';
import { elementary, pointsOf, withSlope, worst } from '../backend/elementary-functions.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

/** Units of the last place: generated code rounds once, the others approximate in float32. */
const MOST = { onnxruntime: 4, segments: 4, loops: 1 } as const;

const MOST_OF_SLOPE = 6;

describe.each(['onnxruntime', 'segments', 'loops'] as const)('by %s', (way) => {
  it.each(Object.entries(elementary))('%s', async (_, entry) => {
    const at = pointsOf(entry);
    const given = { x: tf.tensor1d([...at]) };
    const found = await compiledBy(way, ({ x = given.x }) => withSlope(entry)(x), given);
    const off = worst(found['value']?.dataSync() ?? [], entry.exact, at);
    expect(off.units, JSON.stringify(off)).toBeLessThanOrEqual(MOST[way]);
    if (entry.slope === undefined) return;
    const slopeOff = worst(found['slope']?.dataSync() ?? [], entry.slope, at);
    expect(slopeOff.units, JSON.stringify(slopeOff)).toBeLessThanOrEqual(
      entry.slopeUnits ?? MOST_OF_SLOPE,
    );
  });
});
