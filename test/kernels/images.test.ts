/** Images in other sizes, in blocks, and normalised. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll } from 'vitest';
import type { Tensor } from 'marginalia';
import type { Shape } from 'marginalia/tensors';
import { call } from '../../src/kernels/call.js';
import { images } from '../../src/kernels/images/index.js';
import { as4D } from '../compile/compiled-values.js';
import { kernelLaws, startBackends } from './laws/law.js';
import { type Use, inputOf, reals } from './laws/use.js';

beforeAll(startBackends);

const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });

/** Shapes of images. */
const imageShapes = (high = 5): fc.Arbitrary<[number, number, number, number]> =>
  fc.tuple(upTo(2), upTo(high), upTo(high), upTo(3));

const using = (shape: Shape, f: (x: Tensor) => Tensor, told?: unknown): fc.Arbitrary<Use> =>
  reals(shape).map((x) => ({ inputs: { x }, f: (all) => f(inputOf(all, 'x')), told }));

const methods = fc.constantFrom<[boolean, boolean][]>([false, false], [true, false], [false, true]);

type Resize = 'ResizeBilinear' | 'ResizeNearestNeighbor';

const resized = (kernel: Resize): fc.Arbitrary<Use> =>
  fc
    .tuple(imageShapes(), fc.tuple(upTo(7), upTo(7)), methods)
    .chain(([shape, size, how]) =>
      using(
        shape,
        (x) =>
          kernel === 'ResizeBilinear'
            ? tf.image.resizeBilinear(as4D(x), size, ...how)
            : tf.image.resizeNearestNeighbor(as4D(x), size, ...how),
        { size, how },
      ),
    );

/** The kernels of gradients, by themselves: of the images only the shape matters. */
const resizedBack = (kernel: Resize): fc.Arbitrary<Use> =>
  fc
    .tuple(imageShapes(), fc.tuple(upTo(7), upTo(7)), methods)
    .chain(([shape, size, [alignCorners, halfPixelCenters]]) =>
      using(
        [shape[0], ...size, shape[3]],
        (dy) =>
          call(
            `${kernel}Grad`,
            { images: tf.zeros(shape), dy },
            { size, alignCorners, halfPixelCenters },
          ),
        { shape, size, alignCorners, halfPixelCenters },
      ),
    );

const blockSizes = fc.tuple(upTo(2), upTo(3));

const around = fc.tuple(fc.nat(2), fc.nat(2));

const toBatch = fc
  .tuple(blockSizes, fc.tuple(upTo(3), upTo(2)), fc.tuple(around, around), upTo(2), upTo(2))
  .chain(([block, times, [high, wide], many, channels]) => {
    const size = (i: 0 | 1, [before, after]: readonly [number, number]): number =>
      block[i] * times[i] - before - after;
    const sizes = [size(0, high), size(1, wide)];
    const pads = sizes.every((n) => n > 0)
      ? [high, wide]
      : [
          [0, 0],
          [0, 0],
        ];
    const whole = sizes.every((n) => n > 0) ? sizes : [block[0] * times[0], block[1] * times[1]];
    return using([many, ...whole, channels], (x) => tf.spaceToBatchND(x, [...block], pads), {
      block,
      pads,
    });
  });

const toSpace = fc
  .tuple(blockSizes, fc.tuple(upTo(3), upTo(3)), around, upTo(2), upTo(2))
  .chain(([block, sizes, crop, many, channels]) => {
    const crops = [block[0] * sizes[0] > crop[0] + crop[1] ? [...crop] : [0, 0], [0, 0]];
    return using(
      [many * block[0] * block[1], ...sizes, channels],
      (x) => tf.batchToSpaceND(x, [...block], crops),
      { block, crops },
    );
  });

const depth = fc
  .tuple(fc.tuple(upTo(2), upTo(3), upTo(2)), fc.integer({ min: 2, max: 3 }), upTo(2))
  .chain(([shape, block, channels]) =>
    using([...shape, channels * block ** 2], (x) => tf.depthToSpace(as4D(x), block), { block }),
  );

/** With what is for each channel, or for each number. */
const normalised = fc
  .tuple(imageShapes(3), fc.boolean(), fc.boolean(), fc.boolean())
  .chain(([shape, whole, scales, offsets]) => {
    const own = whole ? shape : [shape[3]];
    return fc
      .record({
        x: reals(shape),
        mean: reals(own),
        variance: reals(own, { min: 0.3, max: 2 }),
        ...(scales ? { scale: reals(own) } : {}),
        ...(offsets ? { offset: reals(own) } : {}),
      })
      .map((inputs): Use => {
        const sized = (x: Tensor) => (whole ? as4D(x) : x.as1D());
        return {
          inputs,
          f: (all) =>
            tf.batchNorm4d(
              as4D(inputOf(all, 'x')),
              sized(inputOf(all, 'mean')),
              sized(inputOf(all, 'variance')),
              offsets ? sized(inputOf(all, 'offset')) : undefined,
              scales ? sized(inputOf(all, 'scale')) : undefined,
              0.01,
            ),
        };
      });
  });

const compared = fc
  .tuple(fc.tuple(upTo(2), upTo(2), upTo(2), upTo(6)), fc.nat(3))
  .chain(([shape, radius]) =>
    using(shape, (x) => tf.localResponseNormalization(as4D(x), radius, 1.3, 0.7, 0.6), { radius }),
  );

kernelLaws('images', images, [
  { kernel: 'ResizeBilinear', uses: resized('ResizeBilinear'), smooth: true },
  { kernel: 'ResizeNearestNeighbor', uses: resized('ResizeNearestNeighbor'), smooth: true },
  { kernel: 'ResizeBilinearGrad', uses: resizedBack('ResizeBilinear'), smooth: true },
  { kernel: 'ResizeNearestNeighborGrad', uses: resizedBack('ResizeNearestNeighbor'), smooth: true },
  { kernel: 'SpaceToBatchND', uses: toBatch, smooth: true },
  { kernel: 'BatchToSpaceND', uses: toSpace, smooth: true },
  { kernel: 'DepthToSpace', uses: depth, smooth: true },
  { kernel: 'FusedBatchNorm', uses: normalised, smooth: true },
  { kernel: 'LRN', uses: compared, smooth: true },
]);
