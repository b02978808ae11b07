/** Elements of small graphs at places that the code computes. */
import * as tf from '@tensorflow/tfjs';
import { compile } from 'marginalia/compile';
import { describe, expect, it } from 'vitest';
import { right } from '../../either.js';

describe('an element at a place that is computed', () => {
  it.each([3, 16, 17, 4000])('is found among %i constants', async (count) => {
    const table = tf.range(0, count);
    const { run, close } = right(
      await compile(
        ({ i = tf.scalar(0, 'int32') }) => ({ y: tf.gather(table, i) }),
        {
          i: tf.scalar(0, 'int32'),
        },
        { executor: 'javascript' },
      )(),
    );
    for (const place of [0, 1, count - 1]) {
      const { y = tf.scalar(-1) } = await run({ i: tf.scalar(place, 'int32') });
      expect([...y.dataSync()]).toEqual([place]);
    }
    await close();
  });
});
