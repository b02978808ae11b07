/**
 * Traces a pure tensor function to a graph: TensorFlow.js runs it on a backend whose kernels only
 * work out shapes and write down what was asked. Gradients are kernels like any other.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { HOST_CODE, type HostCode } from '../../dsl/black-box.js';
import type { Attribute, Constant, DType, Graph, GraphNode, Value, ValueId } from './graph.js';
import { outputsOf } from './shapes.js';

/** A program that cannot be traced, and what to do. */
export class TraceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TraceError';
  }
}

/** The reason of a refusal to trace; any other error goes on. */
export const refusalOf = (error: unknown): string => {
  if (error instanceof TraceError) return error.message;
  throw error;
};

/** What is known of an input before it has a value. */
export interface InputSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** Named tensors, in the order in which they were put in. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** Adds an input while tracing, for what is only known then, such as noise. */
export type Declare = (name: string, spec: InputSpec) => Tensor;

const dtypeOf = (dtype: string): DType => {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new TraceError(
    `expected numbers, but a tensor of dtype '${dtype}' was made; only float32, int32 and bool can be compiled.`,
  );
};

const constantOf = (values: ArrayLike<number>): Constant => {
  const first = values[0] ?? 0;
  for (let i = 1; i < values.length; i += 1) {
    if (values[i] !== first) return { tag: 'dense', values };
  }
  return { tag: 'uniform', value: first };
};

const isHostCode = (value: unknown): value is HostCode => typeof value === 'function';

const attribute = (value: unknown): Attribute => {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') {
    return value;
  }
  if (isHostCode(value)) return value;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return Array.from(Object.values(value), attribute);
  }
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, attribute(v)]));
};

interface Recording {
  readonly values: Value[];
  readonly constants: Map<ValueId, Constant>;
  readonly nodes: GraphNode[];
  readonly byData: Map<object, ValueId>;
}

const newValue = (r: Recording, value: Value, dataId: object): ValueId => {
  const id = r.values.push({ shape: [...value.shape], dtype: value.dtype }) - 1;
  r.byData.set(dataId, id);
  return id;
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

/** The value of a tensor: one made in this trace, or a constant that was made outside. */
const valueOf = (r: Recording, x: tf.TensorInfo): ValueId => {
  const known = r.byData.get(x.dataId);
  if (known !== undefined) return known;
  const id = newValue(r, { shape: x.shape, dtype: dtypeOf(x.dtype) }, x.dataId);
  r.constants.set(id, constantOf(numbersOf(tf.engine().readSync(x.dataId))));
  return id;
};

const reading = (what: string): never => {
  throw new TraceError(
    `${what} reads the value of a tensor while it is being compiled, when there is none yet; ` +
      'keep values in tensors, wrap host code in blackBox(f, { shape }), or run eagerly.',
  );
};

const backendFor = (r: Recording): tf.KernelBackend =>
  Object.assign(new tf.KernelBackend(), {
    write: (values: tf.BackendValues, shape: number[], dtype: tf.DataType): object => {
      const dataId = {};
      const id = newValue(r, { shape, dtype: dtypeOf(dtype) }, dataId);
      r.constants.set(id, constantOf(numbersOf(values)));
      return dataId;
    },
    move: (dataId: object, values: tf.BackendValues, shape: number[], dtype: tf.DataType): void => {
      const id = newValue(r, { shape, dtype: dtypeOf(dtype) }, dataId);
      r.constants.set(id, constantOf(numbersOf(values)));
    },
    readSync: () => reading('dataSync'),
    read: () => reading('data'),
    disposeData: () => true,
    refCount: () => 1,
    incRef: () => undefined,
    numDataIds: () => r.values.length,
    memory: () => ({ unreliable: true }),
    floatPrecision: (): 32 => 32,
    epsilon: () => 1e-7,
    timerAvailable: () => false,
    dispose: () => undefined,
  });

/** Kernels that draw; the other random operations of TensorFlow.js make constants. */
const RANDOM = new Set(['Multinomial', 'RandomUniformInt', 'Dropout']);

/** Kernels whose results have as many elements as the values of their inputs say. */
const SHAPED_BY_VALUES = new Set([
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV4',
  'NonMaxSuppressionV5',
  'RaggedGather',
  'RaggedRange',
  'RaggedTensorToTensor',
  'SparseFillEmptyRows',
  'SparseReshape',
  'SparseSegmentMean',
  'SparseSegmentSum',
  'Unique',
]);

/** Kernels that return a list, be it of one. */
const LISTING = new Set(['SplitV', 'Unpack']);

/** Throws for a kernel that no graph can hold. */
const checkKernel = (kernel: string): void => {
  if (RANDOM.has(kernel)) {
    throw new TraceError(
      `${kernel} draws random numbers of its own, which compiling would freeze; ` +
        "draw them by noise('name', …) or at a sample site, or give them as an input.",
    );
  }
  if (SHAPED_BY_VALUES.has(kernel)) {
    throw new TraceError(
      `${kernel} makes a tensor whose shape depends on values, which are not known while it is ` +
        'being compiled; make it beforehand, or run eagerly.',
    );
  }
  if (kernel === 'Complex') dtypeOf('complex64');
};

const recordingKernel =
  (r: Recording, kernel: string): tf.KernelFunc =>
  ({ inputs, attrs }) => {
    checkKernel(kernel);
    const ids = Object.fromEntries(
      Object.entries(inputs).flatMap(([name, x]) =>
        x === undefined ? [] : [[name, valueOf(r, x)]],
      ),
    );
    const shapes = Object.fromEntries(
      Object.entries(ids).map(([name, id]) => [
        name,
        r.values[id] ?? { shape: [], dtype: 'float32' as const },
      ]),
    );
    const attributes = Object.fromEntries(
      Object.entries(attrs ?? {}).map(([name, value]) => [name, attribute(value)]),
    );
    const made = outputsOf(kernel, shapes, attributes).map((value) => {
      const dataId = {};
      return {
        id: newValue(r, value, dataId),
        info: { dataId, shape: [...value.shape], dtype: value.dtype },
      };
    });
    r.nodes.push({ kernel, inputs: ids, attributes, outputs: made.map((m) => m.id) });
    const infos = made.map((m) => m.info);
    const [only] = infos;
    return infos.length === 1 && only !== undefined && !LISTING.has(kernel) ? only : infos;
  };

const NAME = 'marginalia-trace';

/** Whether tensors have no values now, because a function is being traced. */
export const isTracing = (): boolean => tf.getBackend() === NAME;

/**
 * Runs `f` on tensors without values and returns the graph of what it did.
 *
 * `inputs` are shapes by name; `f` is given a tensor for each and returns its outputs by name.
 * Anything else it uses becomes a constant. Throws a `TraceError` where `f` reads a value.
 */
export const trace = (
  inputs: Readonly<Record<string, InputSpec>>,
  f: (inputs: Tensors, declare: Declare) => Tensors,
): Graph => {
  const recording: Recording = {
    values: [],
    constants: new Map(),
    nodes: [],
    byData: new Map(),
  };
  const before = tf.getBackend();
  const kernels = [...tf.getKernelsForBackend('cpu').map((k) => k.kernelName), HOST_CODE];
  tf.registerBackend(NAME, () => backendFor(recording), 0);
  for (const kernelName of kernels) {
    tf.registerKernel({
      kernelName,
      backendName: NAME,
      kernelFunc: recordingKernel(recording, kernelName),
    });
  }
  void tf.setBackend(NAME);
  try {
    const outputs: Graph['outputs'][number][] = [];
    const ports: Graph['inputs'][number][] = [];
    tf.tidy(() => {
      const declare: Declare = (name, spec) => {
        const dataId = {};
        ports.push({ name, id: newValue(recording, spec, dataId) });
        return tf.engine().makeTensorFromTensorInfo({
          dataId,
          shape: [...spec.shape],
          dtype: spec.dtype,
        });
      };
      const tensors = Object.fromEntries(
        Object.entries(inputs).map(([name, spec]) => [name, declare(name, spec)]),
      );
      for (const [name, x] of Object.entries(f(tensors, declare))) {
        outputs.push({ name, id: valueOf(recording, x) });
      }
    });
    const { values, constants, nodes } = recording;
    return { values, constants, nodes, inputs: ports, outputs };
  } finally {
    void tf.setBackend(before);
    for (const kernelName of kernels) tf.unregisterKernel(kernelName, NAME);
    tf.removeBackend(NAME);
  }
};
