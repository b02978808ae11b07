/** Batches of data: their rows, their noise, and whose tensors they are. */
import * as tf from '@tensorflow/tfjs';
import { type Key, foldIn, key } from 'marginalia';
import { gatherRows } from 'marginalia/data';
import { describe, expect, it } from 'vitest';
import { batchesOf } from '../../src/data/batches.js';

describe('a batch', () => {
  it('has noise of its own at every step', () => {
    const keys: Key[] = [];
    const data = {
      size: 4,
      batch: (_rows: Int32Array, own: Key) => {
        keys.push(own);
        return tf.scalar(0);
      },
    };
    const { at: batchAt } = batchesOf({ data, batchSize: 2 }, key(1));
    for (let step = 0; step < 5; step += 1) batchAt(step).dispose();
    expect(keys).toEqual([0, 1, 2, 3, 4].map((step) => foldIn(foldIn(key(1), 'batch'), step)));
  });

  it('is of tensors of its own, where a data set hands out the same ones', () => {
    const resident = tf.keep(tf.tensor1d([1, 2]));
    const data = { size: 2, batch: () => resident };
    const { at: batchAt } = batchesOf({ data, batchSize: 2 }, key(0));
    batchAt(0).dispose();
    expect(resident.isDisposed).toBe(false);
    expect(Array.from(batchAt(1).dataSync())).toEqual([1, 2]);
    resident.dispose();
  });

  it.each([1, 64, 65, 200])('copies whole rows of %i numbers', (width) => {
    const values = Float32Array.from({ length: 4 * width }, (_, i) => i + 1);
    const rows = [3, 0, 3];
    expect(Array.from(gatherRows(values, width, Int32Array.from(rows)))).toEqual(
      rows.flatMap((row) => Array.from(values.slice(row * width, (row + 1) * width))),
    );
  });
});
