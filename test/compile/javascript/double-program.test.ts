/** Graphs on doubles: straight code and loops alike keep sixteen digits between what goes in and comes out. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';
import { describe, expect, it } from 'vitest';
import { doubleProgram } from '../../../src/compile/javascript/double-program.js';
import { graphOf } from '../../../src/compile/compile.js';
import { right } from '../../either.js';

const programOf = (f: (x: Tensor) => Tensor, size: number) =>
  right(
    doubleProgram(right(graphOf(({ x = tf.scalar(0) }) => ({ y: f(x) }), { x: tf.zeros([size]) }))),
  );

describe('a graph on doubles', () => {
  it.each([
    ['straight code', 5],
    ['loops', 4000],
  ])('is as exact as plain arithmetic, by %s', (_, size) => {
    const { inputs, outputs, run } = programOf(
      // The square is used twice, so that loops store it.
      (x) => tf.sum(tf.mul(tf.exp(tf.square(x)), tf.sin(tf.square(x)))),
      size,
    );
    const at = Float64Array.from({ length: size }, (__, i) => Math.sin(i + 1) / 3);
    inputs['x']?.set(at);
    run();
    const expected = at.reduce((sum, x) => sum + Math.exp(x * x) * Math.sin(x * x), 0);
    expect(Math.abs((outputs['y']?.[0] ?? NaN) - expected)).toBeLessThan(1e-12 * expected);
  });

  it('says which operation it has no rule for', () => {
    const graph = right(
      graphOf(
        ({ x = tf.scalar(0) }) => ({
          y: tf.image.transform(x.as4D(1, 2, 2, 1), [[1, 0, 0, 0, 1, 0, 0, 0]]),
        }),
        {
          x: tf.zeros([4]),
        },
      ),
    );
    expect(doubleProgram(graph)).toMatchObject({ left: { _tag: 'unsupportedKernel' } });
  });
});
