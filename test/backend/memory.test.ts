/** That what does not fit is refused before it is tried, and leaves the process usable. */
import * as tf from '@tensorflow/tfjs';
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { describe, expect, it } from 'vitest';
import { useBackend } from 'marginalia';
import { compile, graphOf } from 'marginalia/compile';
import { javascriptExecutable } from '../../src/compile/javascript/executable.js';
import { boundTo } from '../../src/compile/compile.js';
import { right } from '../either.js';

/** A square of so many is 64 TiB, more than any machine that runs tests has. */
const HUGE = 2 ** 22;

describe('a tensor that does not fit', () => {
  it('is refused by wasm with its size, at once or after others, and the backend goes on', async () => {
    await useBackend('wasm')();
    expect(() => tf.tidy(() => tf.add(tf.zeros([HUGE, 1]), tf.zeros([1, HUGE])))).toThrow(
      /wasm: a tensor of shape \[4194304, 4194304\] takes 65536\.0 GiB, and [\d.]+ (MiB|GiB) are left; use fewer particles/,
    );
    const backend = tf.backend();
    if (!(backend instanceof BackendWasm)) throw new Error('another backend');
    // Made without their numbers, so that the machine's memory is not touched.
    const kept: tf.TensorInfo[] = [];
    expect(() => {
      for (let i = 0; i < 40; i += 1) kept.push(backend.makeOutput([2 ** 25], 'float32'));
    }).toThrow(/takes 128\.0 MiB, and [\d.]+ (MiB|GiB) are left/);
    expect(kept.length).toBeGreaterThan(20);
    kept.forEach(({ dataId }) => backend.disposeData(dataId));
    expect([...tf.add(tf.tensor1d([1, 2]), 1).dataSync()]).toEqual([2, 3]);
    expect(tf.sum(tf.ones([1000])).dataSync()[0]).toBe(1000);
  });
});

describe('a graph that does not fit', () => {
  const f = ({ x = tf.scalar(0) }): { readonly y: tf.Tensor } => {
    const row = tf.expandDims(x, 0);
    const table = tf.mul(tf.expandDims(x, 1), tf.ones([1, HUGE]));
    return { y: tf.max(tf.cumsum(tf.add(table, row), 0)) };
  };

  it.each(['onnxruntime', 'loops'] as const)('is refused for %s with its size', async (way) => {
    await useBackend('cpu')();
    const given = { x: tf.zeros([HUGE]) };
    const size = /takes? [\d.]+ GiB.*are left; use fewer particles or smaller batches/;
    if (way === 'onnxruntime') {
      const made = await compile(f, given, { executor: way })();
      expect(made._tag === 'Left' && 'reason' in made.left && made.left.reason).toMatch(size);
      return;
    }
    const made = javascriptExecutable(boundTo(right(graphOf(f, given))), { style: 'loops' });
    expect(made._tag === 'Left' && made.left._tag === 'tooLarge' && made.left.reason).toMatch(size);
  });
});
