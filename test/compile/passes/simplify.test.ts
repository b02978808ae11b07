/** What graphs are spared: kernels whose result is known. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';
import { compile, countKernels, graphOf } from 'marginalia/compile';
import { choose, greater } from 'marginalia/tensors';
import { describe, expect, it } from 'vitest';
import { right } from '../../either.js';

type Tensors = Readonly<Record<string, Tensor>>;

describe('the truth of a comparison', () => {
  const kernels = (f: (inputs: Tensors) => Tensors, example: Tensors) =>
    countKernels(right(graphOf(f, example)));
  const zero = tf.scalar(0);

  it('is not compared with 0 again where a choice rests on it, nor in its gradient', () => {
    const chosen = ({ x = zero }: Tensors) => choose(greater(x, zero), tf.exp(x), tf.square(x));
    const forward = kernels((inputs) => ({ y: chosen(inputs) }), { x: tf.ones([3]) });
    expect(forward).toEqual({ Greater: 1, Exp: 1, Square: 1, Select: 1 });
    const slope = kernels(({ x = zero }) => ({ y: tf.grad((v: Tensor) => chosen({ x: v }))(x) }), {
      x: tf.ones([3]),
    });
    expect(slope['NotEqual'] ?? 0).toBe(0);
    expect(slope['Greater']).toBe(1);
  });

  it('is, of numbers that come from elsewhere, whatever their type', async () => {
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      const f = ({ c = zero, x = zero }: Tensors) => ({
        y: choose(tf.cast(c, 'float32'), x, tf.scalar(7)),
      });
      const example = { c: tf.tensor1d([0, 1, 1], dtype), x: tf.ones([3]) };
      expect(kernels(f, example)['NotEqual']).toBe(1);
      const { run, close } = right(await compile(f, example, { executor: 'javascript' })());
      const { y = zero } = await run(example);
      expect([...y.dataSync()]).toEqual([7, 1, 1]);
      await close();
    }
  });
});
