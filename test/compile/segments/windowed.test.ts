/** Convolutions as products of windows agree with the runtime's own, and their windows are put side by side once. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Tensor, useBackend } from 'marginalia';
import { graphOf } from 'marginalia/compile';
import { countKernels } from '../../../src/graph/graph.js';
import { segmentPlan } from '../../../src/compile/segments/plan.js';
import { windowed } from '../../../src/compile/segments/windowed.js';
import { differentiate } from '../../../src/transform/differentiate.js';
import { mapDraws } from '../../../src/transform/map-draws.js';
import { type Results, compiledBy, wave } from '../compiled-values.js';
import { right } from '../../either.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

/** What there is of a convolution: its result, and the gradients by image and filter of a sum that bends. */
const withGradients =
  (convolve: (x: Tensor, filter: Tensor) => Tensor) =>
  ({ x = tf.scalar(0), filter = tf.scalar(0) }: Results): Results => {
    const loss = (a: Tensor, b: Tensor): Tensor => tf.sum(tf.sin(tf.mul(convolve(a, b), 0.05)));
    const [byImage, byFilter] = tf.grads(loss)([x, filter]);
    return { y: tf.relu(convolve(x, filter)), byImage: byImage ?? x, byFilter: byFilter ?? filter };
  };

const agree = async (f: (inputs: Results) => Results, inputs: Results): Promise<void> => {
  const alone = await compiledBy('onnxruntime', f, inputs);
  const fused = await compiledBy('segments', f, inputs);
  for (const [name, x] of Object.entries(alone)) {
    const [p, q] = [x.dataSync(), fused[name]?.dataSync() ?? []];
    expect(q).toHaveLength(p.length);
    const off = Math.hypot(...Array.from(p, (v, i) => v - (q[i] ?? Number.NaN)));
    expect(off, name).toBeLessThan(2e-6 * Math.max(1, Math.hypot(...p)));
  }
};

const windowedIn = (f: (inputs: Results) => Results, inputs: Results) =>
  countKernels(windowed(right(graphOf(f, inputs))));

const shapes = fc.record({
  images: fc.integer({ min: 1, max: 3 }),
  side: fc.tuple(fc.integer({ min: 3, max: 9 }), fc.integer({ min: 3, max: 9 })),
  channels: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 })),
  window: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  pad: fc.constantFrom('same' as const, 'valid' as const),
});

describe('convolutions as products of windows', () => {
  it('agree with those of the runtime, in any form, and so do their gradients', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async ({ images, side, channels, window, strides, pad }) => {
        const f = withGradients((x, filter) =>
          tf.conv2d(
            x.as4D(images, side[0], side[1], channels[0]),
            filter.as4D(...window, ...channels),
            strides,
            pad,
          ),
        );
        const inputs = {
          x: wave([images, ...side, channels[0]]),
          filter: wave([...window, ...channels], 2),
        };
        const kernels = windowedIn(f, inputs);
        expect(kernels['WindowRows']).toBe(1);
        expect(kernels['WindowSums']).toBe(1);
        expect(Object.keys(kernels).filter((name) => name.startsWith('Conv'))).toEqual([]);
        await agree(f, inputs);
      }),
      { seed: 21, numRuns: 40 },
    );
  });

  it('may be dilated', async () => {
    const inputs = { x: wave([2, 9, 8, 3]), filter: wave([3, 2, 3, 4], 2) };
    const dilated = (x: Tensor, filter: Tensor): Tensor =>
      tf.conv2d(x.as4D(2, 9, 8, 3), filter.as4D(3, 2, 3, 4), 1, 'same', 'NHWC', [2, 3]);
    await agree(
      ({ x = tf.scalar(0), filter = tf.scalar(0) }) => ({ y: dilated(x, filter) }),
      inputs,
    );
  });

  it('may have three axes', async () => {
    const f = withGradients((x, filter) =>
      tf.conv3d(x.as5D(2, 5, 4, 6, 3), filter.as5D(2, 3, 3, 3, 2), [1, 2, 2], 'same'),
    );
    const inputs = { x: wave([2, 5, 4, 6, 3]), filter: wave([2, 3, 3, 3, 2], 2) };
    expect(windowedIn(f, inputs)['WindowRows']).toBe(1);
    await agree(f, inputs);
  });

  it('may be transposed, with channels by the hundred', async () => {
    const f = withGradients((x, filter) =>
      tf.conv2dTranspose(
        x.as4D(2, 4, 4, 24),
        filter.as4D(4, 4, 130, 24),
        [2, 8, 8, 130],
        2,
        'same',
      ),
    );
    await agree(f, { x: wave([2, 4, 4, 24]), filter: wave([4, 4, 130, 24], 2) });
  });

  it('have the draws of batched images in one batch, backwards too', async () => {
    const [draws, images] = [3, 2];
    const f = ({ x = tf.scalar(0), filter = tf.scalar(0) }: Results): Results => {
      const { loss, gradients } = differentiate({ x, filter }, () => {
        const { y = x } = mapDraws(draws, (drawOf) => ({
          y: tf.sin(tf.conv2d(drawOf(x).as4D(images, 5, 6, 2), filter.as4D(3, 3, 2, 4), 2, 'same')),
        }));
        return { loss: tf.sum(y) };
      });
      return { loss, byImage: gradients['x'] ?? x, byFilter: gradients['filter'] ?? filter };
    };
    const inputs = { x: wave([draws, images, 5, 6, 2]), filter: wave([3, 3, 2, 4], 2) };
    const kernels = windowedIn(f, inputs);
    // One for the convolution and the filter's gradient, and one for the images'.
    expect([kernels['WindowRows'], kernels['WindowSums'], kernels['BatchMatMul']]).toEqual([
      1, 1, 3,
    ]);
    expect(Object.keys(kernels).filter((name) => name.startsWith('Conv'))).toEqual([]);
    await agree(f, inputs);
  });

  it('put no more numbers side by side than memory is good for', () => {
    const f = ({ x = tf.scalar(0), filter = tf.scalar(0) }: Results): Results => ({
      y: tf.conv2d(x.as4D(4, 128, 128, 32), filter.as4D(3, 3, 32, 8), 1, 'same'),
    });
    const inputs = { x: tf.zeros([4, 128, 128, 32]), filter: tf.zeros([3, 3, 32, 8]) };
    expect(windowedIn(f, inputs)).toEqual(countKernels(right(graphOf(f, inputs))));
  });

  it('leave a graph without them as it is', () => {
    const graph = right(
      graphOf(({ x = tf.scalar(0) }) => ({ y: tf.exp(x) }), { x: tf.zeros([2]) }),
    );
    expect(windowed(graph)).toBe(graph);
    expect(segmentPlan(graph).graph).toBe(graph);
  });
});
