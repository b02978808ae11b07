/** Convolutions in every form: their derivatives, which are convolutions, their batching and executors. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll } from 'vitest';
import { call } from '../../src/kernels/call.js';
import { convolutions } from '../../src/kernels/convolution/index.js';
import { as4D, as5D } from '../compile/compiled-values.js';
import { differentiate } from '../../src/transform/differentiate.js';
import { type Subject, kernelLaws, startBackends } from './laws/law.js';
import { type Use, inputOf, reals } from './laws/use.js';
import { type Placed, padding2d, pairOf, placed, tripleOf } from './laws/windows-of-uses.js';

beforeAll(startBackends);

type Form = 'NHWC' | 'NCHW' | 'depthwise';

/** An image of windows, and a filter. */
const shapesOf = ({ images, sizes, channels: [from, to], window }: Placed, form: Form) => ({
  x: form === 'NCHW' ? [images, from, ...sizes] : [images, ...sizes, from],
  filter: [...window, from, to],
});

const convolution2d =
  (c: Placed, form: Form): Use['f'] =>
  (inputs) => {
    const args = [
      as4D(inputOf(inputs, 'x')),
      as4D(inputOf(inputs, 'filter')),
      pairOf(c.strides),
      padding2d(c.pad, form === 'NCHW'),
    ] as const;
    return form === 'depthwise'
      ? tf.depthwiseConv2d(...args, 'NHWC', pairOf(c.dilations), c.rounding)
      : tf.conv2d(...args, form, pairOf(c.dilations), c.rounding);
  };

const convolution3d =
  (c: Placed): Use['f'] =>
  (inputs) =>
    tf.conv3d(
      as5D(inputOf(inputs, 'x')),
      as5D(inputOf(inputs, 'filter')),
      tripleOf(c.strides),
      c.pad === 'same' ? 'same' : 'valid',
      'NDHWC',
      tripleOf(c.dilations),
    );

/** Uses of a convolution or of what is made of its windows. */
const uses = (
  rank: number,
  forms: readonly Form[],
  f: (c: Placed, form: Form) => Use['f'],
  inputs: readonly ('x' | 'filter')[] = ['x', 'filter'],
): fc.Arbitrary<Use> =>
  fc.tuple(placed(rank), fc.constantFrom(...forms)).chain(([c, form]) => {
    const shapes = shapesOf(c, form);
    return fc.tuple(...inputs.map((name) => reals(shapes[name]))).map((given) => ({
      inputs: Object.fromEntries(given.map((x, i) => [inputs[i] ?? '', x])),
      f: f(c, form),
      told: { ...c, form },
    }));
  });

/** A convolution's own gradients, whose use is that of a convolution with a square. */
const gradientOf =
  (
    input: 'x' | 'filter',
    convolution: (c: Placed, form: Form) => Use['f'],
  ): ((c: Placed, form: Form) => Use['f']) =>
  (c, form) =>
  (inputs) =>
    differentiate({ [input]: inputOf(inputs, input) }, () => {
      const y = convolution(c, form)(inputs);
      return { loss: tf.sum(tf.square(y instanceof tf.Tensor ? y : tf.stack([...y]))) };
    }).gradients[input] ?? tf.scalar(Number.NaN);

const subject = (
  kernels: readonly [string, string, string],
  rank: number,
  forms: readonly Form[],
  f: (c: Placed, form: Form) => Use['f'],
): readonly Subject[] => [
  { kernel: kernels[0], uses: uses(rank, forms, f), smooth: true },
  { kernel: kernels[1], uses: uses(rank, forms, gradientOf('x', f)), smooth: true },
  {
    kernel: kernels[2],
    uses: uses(rank, forms, gradientOf('filter', f)),
    smooth: true,
  },
];

const activation = fc.constantFrom(
  ...(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const),
);

/** With a bias or without, and each activation; for each channel. */
const fused = (form: 'NHWC' | 'NCHW' | 'depthwise'): fc.Arbitrary<Use> =>
  fc.tuple(placed(2), fc.boolean(), activation).chain(([c, biased, after]) => {
    const shapes = shapesOf(c, form);
    const results = form === 'depthwise' ? c.channels[0] * c.channels[1] : c.channels[1];
    return fc
      .record({
        x: reals(shapes.x),
        filter: reals(shapes.filter),
        ...(biased ? { bias: reals([results]) } : {}),
        ...(after === 'prelu' ? { slopes: reals([results]) } : {}),
      })
      .map((inputs): Use => ({
        inputs,
        told: { ...c, form, after },
        // By its name: the operation has a gradient of its own, for fewer activations.
        f: ({ x, filter, bias, slopes }) =>
          call(
            form === 'depthwise' ? 'FusedDepthwiseConv2D' : 'FusedConv2D',
            {
              ...(x && { x }),
              ...(filter && { filter }),
              ...(bias && { bias }),
              ...(slopes && { preluActivationWeights: slopes }),
            },
            {
              strides: c.strides,
              pad: padding2d(c.pad, form === 'NCHW'),
              dataFormat: form === 'NCHW' ? 'NCHW' : 'NHWC',
              dilations: c.dilations,
              dimRoundingMode: c.rounding,
              activation: after,
              leakyreluAlpha: 0.3,
            },
          ),
      }));
  });

kernelLaws('convolution', convolutions, [
  ...subject(
    ['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'],
    2,
    ['NHWC', 'NCHW'],
    convolution2d,
  ),
  ...subject(
    ['Conv3D', 'Conv3DBackpropInputV2', 'Conv3DBackpropFilterV2'],
    3,
    ['NHWC'],
    convolution3d,
  ),
  ...subject(
    [
      'DepthwiseConv2dNative',
      'DepthwiseConv2dNativeBackpropInput',
      'DepthwiseConv2dNativeBackpropFilter',
    ],
    2,
    ['depthwise'],
    convolution2d,
  ),
  { kernel: 'FusedConv2D', uses: fused('NHWC') },
  { kernel: 'FusedDepthwiseConv2D', uses: fused('depthwise') },
]);
