/** The shapes that kernels give, without running them. */
import * as tf from '@tensorflow/tfjs';
import { HOST_CODE } from '../../dsl/black-box.js';
import { broadcast } from '../../dsl/shape.js';
import { kernelAttributes, namedOrListed } from '../kernels/call.js';
import { kernels } from '../kernels/index.js';
import { axesOf, numbers } from './attributes.js';
import type { DType, Value } from './graph.js';
import { layoutRules } from './layout-shapes.js';
import type { ShapeRule } from './shape-rule.js';

export { axesOf, numbers };

const x = ({ x: value }: Readonly<Record<string, Value>>): Value =>
  value ?? { shape: [], dtype: 'float32' };

const unary: ShapeRule = (inputs) => x(inputs);

const reduce =
  (dtype?: DType): ShapeRule =>
  (inputs, attributes) => {
    const { shape, dtype: own } = x(inputs);
    const axes = axesOf(attributes['axis'] ?? attributes['reductionIndices'], shape);
    const keep = attributes['keepDims'] === true;
    return {
      dtype: dtype ?? own,
      shape: shape.flatMap((n, i) => (axes.includes(i) ? (keep ? [1] : []) : [n])),
    };
  };

const isDType = (d: unknown): d is DType => d === 'float32' || d === 'int32' || d === 'bool';

/** Truth values are counted as whole numbers. */
const counted = (dtype: DType): DType => (dtype === 'bool' ? 'int32' : dtype);

const cumulative: ShapeRule = (inputs) => ({
  shape: x(inputs).shape,
  dtype: counted(x(inputs).dtype),
});

const matMul: ShapeRule = ({ a, b }, { transposeA, transposeB }) => {
  if (a === undefined || b === undefined) return undefined;
  const left = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const n = a.shape.at(transposeA === true ? -1 : -2) ?? 1;
  const m = b.shape.at(transposeB === true ? -2 : -1) ?? 1;
  return left && { dtype: a.dtype, shape: [...left, n, m] };
};

const rules: Readonly<Record<string, ShapeRule>> = {
  ...layoutRules,
  Reverse: unary,
  Cumsum: cumulative,
  Cumprod: cumulative,
  ...Object.fromEntries(['Sum', 'Max', 'Min', 'Prod'].map((name) => [name, reduce()])),
  Mean: reduce('float32'),
  All: reduce('bool'),
  Any: reduce('bool'),
  ArgMax: reduce('int32'),
  ArgMin: reduce('int32'),
  Reshape: (inputs, { shape }) => {
    const value = x(inputs);
    const size = value.shape.reduce((a, b) => a * b, 1);
    return { dtype: value.dtype, shape: tf.util.inferFromImplicitShape([...numbers(shape)], size) };
  },
  Transpose: (inputs, { perm }) => ({
    dtype: x(inputs).dtype,
    shape: numbers(perm).map((p) => x(inputs).shape[p] ?? 1),
  }),
  ExpandDims: ({ input }, { dim }) => {
    if (input === undefined || typeof dim !== 'number') return undefined;
    const at = dim < 0 ? input.shape.length + dim + 1 : dim;
    return { dtype: input.dtype, shape: input.shape.toSpliced(at, 0, 1) };
  },
  Tile: (inputs, { reps }) => ({
    dtype: x(inputs).dtype,
    shape: x(inputs).shape.map((n, i) => n * (numbers(reps)[i] ?? 1)),
  }),
  Slice: (inputs, { begin, size }) => ({
    dtype: x(inputs).dtype,
    shape: x(inputs).shape.map((n, i) => {
      const s = numbers(size)[i] ?? -1;
      return s < 0 ? n - (numbers(begin)[i] ?? 0) : s;
    }),
  }),
  [HOST_CODE]: (_, { shape, dtype }) => ({
    shape: numbers(shape),
    dtype: isDType(dtype) ? dtype : 'float32',
  }),
  BatchMatMul: matMul,
  _FusedMatMul: matMul,
};

const filled = ({ shape, dtype }: Value, backend: tf.KernelBackend): tf.TensorInfo => {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = dtype === 'float32' ? new Float32Array(size) : new Int32Array(size);
  return { dataId: backend.write(values, [...shape], dtype), shape: [...shape], dtype };
};

/**
 * The outputs of a kernel. Kernels without a rule are run once by the plain JavaScript backend on
 * zeros, since no kernel's shape depends on its values.
 */
export const outputsOf = (
  kernel: string,
  inputs: Readonly<Record<string, Value>>,
  attributes: Readonly<Record<string, unknown>>,
): readonly Value[] => {
  const rule = kernels.get(kernel)?.shape ?? rules[kernel];
  const known = rule?.(inputs, attributes);
  if (known !== undefined) return 'shape' in known ? [known] : known;
  const backend = tf.findBackend('cpu');
  const config = tf.getKernel(kernel, 'cpu');
  const zeros = namedOrListed(inputs, (value) => filled(value, backend));
  const attrs = kernelAttributes(attributes);
  const out = config.kernelFunc({ inputs: zeros, attrs, backend });
  return (Array.isArray(out) ? out : [out]).map(({ shape, dtype }) => ({
    shape,
    dtype: isDType(dtype) ? dtype : 'float32',
  }));
};
