/**
 * What is written down while a function is traced: values by number, and a stack of frames of nodes over
 * that one numbering, so that a transformation has the nodes of its function by themselves.
 */
import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../../dsl/records/dictionary.js';
import { sameShape } from '../../../dsl/tensors/shape.js';
import type { Tensor } from '../../../dsl/index.js';
import { kernels } from '../../kernels/index.js';
import { attributesOf } from '../../graph/attributes.js';
import type { Constant, DType, GraphNode, Value, ValueId } from '../../graph/graph.js';
import type { Attributes } from '../../graph/shape-rule.js';
import { outputsOf } from '../shapes.js';
import { RecordingError } from './recording-error.js';

/** The vector-Jacobian products of a function with a gradient of its own: of dy, one for each input. */
export type OwnRule = (dy: Tensor) => readonly Tensor[];

/** What a frame holds, in the order in which it was asked for. */
export type Recorded =
  | { readonly _tag: 'kernel'; readonly node: GraphNode }
  /** `output` repeats `y`, and depends on `inputs` by `rule` alone, which runs while the trace is open. */
  | {
      readonly _tag: 'own';
      readonly y: ValueId;
      readonly inputs: readonly ValueId[];
      readonly output: ValueId;
      readonly rule: OwnRule;
    };

export interface Recording {
  readonly values: Value[];
  readonly constants: Map<ValueId, Constant>;
  /** Tensors that were made elsewhere, whose numbers nobody has read. */
  readonly outside: Map<ValueId, tf.TensorInfo>;
  /** The frame in which things are written down is the last. */
  readonly frames: Recorded[][];
  readonly byData: WeakMap<object, ValueId>;
}

/** A recording of nothing yet. */
export const emptyRecording = (): Recording => ({
  values: [],
  constants: new Map(),
  outside: new Map(),
  frames: [[]],
  byData: new WeakMap(),
});

/** The frame in which things are written down. */
export const topFrame = ({ frames }: Recording): Recorded[] => {
  const top = frames.at(-1);
  if (top === undefined) throw new Error('a recording without a frame');
  return top;
};

/** What `body` writes down, in a frame of its own. */
export const framed = <A>(r: Recording, body: () => A): readonly [A, readonly Recorded[]] => {
  const frame: Recorded[] = [];
  r.frames.push(frame);
  try {
    return [body(), frame];
  } finally {
    r.frames.pop();
  }
};

/** The type of a tensor, as one that graphs have. */
export const dtypeOf = (dtype: string): DType => {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new RecordingError(
    `expected numbers, but a tensor of dtype '${dtype}' was made; only float32, int32 and bool can be compiled.`,
  );
};

const constantOf = (values: ArrayLike<number>): Constant => {
  const first = values[0] ?? 0;
  for (let i = 1; i < values.length; i += 1) {
    if (values[i] !== first) return { _tag: 'dense', values };
  }
  return { _tag: 'uniform', value: first };
};

const numbersOf = (values: tf.DataValues | tf.BackendValues): ArrayLike<number> => {
  if (
    values instanceof Float32Array ||
    values instanceof Int32Array ||
    values instanceof Uint8Array
  ) {
    return values.slice();
  }
  return Array.from<unknown>(values).map(Number);
};

/** A value that nothing has made yet. */
export const newValue = (r: Recording, { shape, dtype }: Value): ValueId =>
  r.values.push({ shape: [...shape], dtype }) - 1;

/** A value whose numbers are known. */
export const newConstant = (
  r: Recording,
  values: tf.DataValues | tf.BackendValues,
  { shape, dtype }: tf.TensorInfo | Value,
): ValueId => {
  const id = newValue(r, { shape, dtype: dtypeOf(dtype) });
  r.constants.set(id, constantOf(numbersOf(values)));
  return id;
};

/** A value by its number. */
export const valueAt = (r: Recording, id: ValueId): Value =>
  r.values[id] ?? { shape: [], dtype: 'float32' };

/** What a value is called by TensorFlow.js. */
export const infoOf = (r: Recording, id: ValueId): tf.TensorInfo => {
  const { shape, dtype } = valueAt(r, id);
  const dataId = {};
  r.byData.set(dataId, id);
  return { dataId, shape: [...shape], dtype };
};

/** A tensor that stands for a value. */
export const tensorOf = (r: Recording, id: ValueId): Tensor => {
  const { dataId, shape, dtype } = infoOf(r, id);
  return tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype });
};

/** The value of a tensor: one made in this trace, or one that was made elsewhere. */
export const idOf = (r: Recording, x: tf.TensorInfo): ValueId => {
  const known = r.byData.get(x.dataId);
  if (known !== undefined && sameShape(valueAt(r, known).shape, x.shape)) return known;
  const id = newValue(r, { shape: x.shape, dtype: dtypeOf(x.dtype) });
  // A tensor that was made elsewhere has the same numbers as what it was reshaped to there.
  if (known === undefined) r.byData.set(x.dataId, id);
  r.outside.set(id, x);
  return id;
};

/** Reads the numbers of tensors that were made elsewhere, which are constant from now on. */
export const readOutside = (r: Recording): void => {
  for (const [id, { dataId }] of r.outside) {
    r.constants.set(id, constantOf(numbersOf(tf.engine().readSync(dataId))));
  }
  r.outside.clear();
};

/** Lets a tensor stand for another value of its shape. */
export const standFor = (r: Recording, x: tf.TensorInfo, id: ValueId): void => {
  r.byData.set(x.dataId, id);
};

/** The number that a constant is everywhere, if it is. */
export const uniformAt = (r: Recording, id: ValueId): number | undefined => {
  const constant = r.constants.get(id);
  return constant?._tag === 'uniform' ? constant.value : undefined;
};

/** Writes a kernel down, its attributes in their one spelling. */
export const record = (
  r: Recording,
  kernel: string,
  inputs: Readonly<Record<string, ValueId>>,
  given: Attributes,
): readonly ValueId[] => {
  const shapes = mapped(inputs, (id) => valueAt(r, id));
  const attributes = attributesOf(kernels.get(kernel)?.canonical?.(given, shapes) ?? given);
  const outputs = outputsOf(kernel, shapes, attributes).map((value) => newValue(r, value));
  topFrame(r).push({ _tag: 'kernel', node: { kernel, inputs, attributes, outputs } });
  return outputs;
};

/** Writes down that `y` is what comes of `inputs`, by a rule of its own. */
export const recordOwn = (
  r: Recording,
  y: ValueId,
  inputs: readonly ValueId[],
  rule: OwnRule,
): ValueId => {
  const output = newValue(r, valueAt(r, y));
  topFrame(r).push({ _tag: 'own', y, inputs, output, rule });
  return output;
};
