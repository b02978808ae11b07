/** The shapes of kernels with windows, and of those that move pixels about. */
import { numberOf, numbers, pairs } from './attributes.js';
import type { ShapeRule } from './shape-rule.js';
import { windowsOf } from './windows.js';

const windowed =
  (kernel: string): ShapeRule =>
  (inputs, attributes) => {
    const windows = windowsOf(kernel, inputs, attributes);
    const { x } = inputs;
    return windows && x && { shape: windows.outShape, dtype: x.dtype };
  };

const attribute =
  (name: string): ShapeRule =>
  (_, attributes) => ({ shape: numbers(attributes[name]), dtype: 'float32' });

const likeInput: ShapeRule = ({ input }) => input && { shape: input.shape, dtype: 'float32' };

const resized =
  (dtype?: 'float32'): ShapeRule =>
  ({ images }, { size }) => {
    if (images === undefined) return undefined;
    const [batch = 1, , , depth = 1] = images.shape;
    return { shape: [batch, ...numbers(size), depth], dtype: dtype ?? images.dtype };
  };

const sum = ([a, b]: readonly [number, number] = [0, 0]): number => a + b;

const product = (ns: readonly number[]): number => ns.reduce((a, b) => a * b, 1);

const images: ShapeRule = ({ images: value }) => value;

/** Space is cut into blocks, each of which becomes a part of the batch. */
const spaceToBatch: ShapeRule = ({ x }, { blockShape, paddings }) => {
  if (x === undefined) return undefined;
  const block = numbers(blockShape);
  const [batch = 1, ...rest] = x.shape;
  const padded = rest.map((n, i) => n + sum(pairs(paddings)[i]));
  return {
    dtype: x.dtype,
    shape: [batch * product(block), ...padded.map((n, i) => n / (block[i] ?? 1))],
  };
};

const batchToSpace: ShapeRule = ({ x }, { blockShape, crops }) => {
  if (x === undefined) return undefined;
  const block = numbers(blockShape);
  const [batch = 1, ...rest] = x.shape;
  const whole = rest.map((n, i) => n * (block[i] ?? 1));
  return {
    dtype: x.dtype,
    shape: [batch / product(block), ...whole.map((n, i) => n - sum(pairs(crops)[i]))],
  };
};

const depthToSpace: ShapeRule = ({ x }, { blockSize, dataFormat }) => {
  if (x === undefined || dataFormat !== 'NHWC') return undefined;
  const block = numberOf(blockSize, 1);
  const [batch = 1, height = 1, width = 1, depth = 1] = x.shape;
  return { shape: [batch, height * block, width * block, depth / block ** 2], dtype: x.dtype };
};

export const windowRules: Readonly<Record<string, ShapeRule>> = {
  ...Object.fromEntries(
    [
      'Conv2D',
      'FusedConv2D',
      'DepthwiseConv2dNative',
      'FusedDepthwiseConv2D',
      'Conv3D',
      'MaxPool',
      'AvgPool',
      'MaxPool3D',
      'AvgPool3D',
    ].map((kernel) => [kernel, windowed(kernel)]),
  ),
  Conv2DBackpropInput: attribute('inputShape'),
  Conv2DBackpropFilter: attribute('filterShape'),
  DepthwiseConv2dNativeBackpropInput: attribute('inputShape'),
  DepthwiseConv2dNativeBackpropFilter: attribute('filterShape'),
  Conv3DBackpropInputV2: attribute('inputShape'),
  Conv3DBackpropFilterV2: attribute('filterShape'),
  MaxPoolGrad: likeInput,
  AvgPoolGrad: likeInput,
  MaxPool3DGrad: likeInput,
  AvgPool3DGrad: likeInput,
  FusedBatchNorm: ({ x }) => x,
  ResizeBilinear: resized('float32'),
  ResizeNearestNeighbor: resized(),
  ResizeBilinearGrad: images,
  ResizeNearestNeighborGrad: images,
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
  DepthToSpace: depthToSpace,
};
