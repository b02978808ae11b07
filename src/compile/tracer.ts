/**
 * Traces a pure tensor function to a graph: TensorFlow.js runs it on a backend whose kernels only
 * work out shapes and write down what was asked.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import type { DType, Graph, GraphNode, ValueId } from './graph.js';
import { hostKernels } from '../kernels/index.js';
import { withOwnGradients } from './own-gradients.js';
import {
  type Recorded,
  type Recording,
  dtypeOf,
  emptyRecording,
  idOf,
  infoOf,
  newConstant,
  newValue,
  readOutside,
  record,
  tensorOf,
  topFrame,
} from './recording.js';
import { TraceError, refusalOf } from './trace-error.js';

export { TraceError, refusalOf };

/** What is known of an input before it has a value. */
export interface InputSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** Named tensors, in the order in which they were put in. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** Adds an input while tracing, for what is only known then, such as noise. */
export type Declare = (name: string, spec: InputSpec) => Tensor;

const reading = (what: string): never => {
  throw new TraceError(
    `${what} reads the value of a tensor while a function is traced, when there is none yet; ` +
      'keep values in tensors, or wrap host code in blackBox(f, { shape }).',
  );
};

/** What is recorded by the backends that record. */
const recordings = new WeakMap<tf.KernelBackend, Recording>();

const backendFor = (r: Recording): tf.KernelBackend => {
  const backend = Object.assign(new tf.KernelBackend(), {
    write: (values: tf.BackendValues, shape: number[], dtype: tf.DataType): object => {
      const dataId = {};
      r.byData.set(dataId, newConstant(r, values, { shape, dtype: dtypeOf(dtype) }));
      return dataId;
    },
    move: (dataId: object, values: tf.BackendValues, shape: number[], dtype: tf.DataType): void => {
      r.byData.set(dataId, newConstant(r, values, { shape, dtype: dtypeOf(dtype) }));
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
  recordings.set(backend, r);
  return backend;
};

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
      `${kernel} draws random numbers of its own, which a trace would freeze; ` +
        "draw them by noise('name', …) or at a sample site, or give them as an input.",
    );
  }
  if (SHAPED_BY_VALUES.has(kernel)) {
    throw new TraceError(
      `${kernel} makes a tensor whose shape depends on values, which are not known while a function is ` +
        'traced; make it beforehand and give it as an input, or wrap it in blackBox(f, { shape }).',
    );
  }
  if (kernel === 'Complex') dtypeOf('complex64');
};

const recordingKernel =
  (r: Recording, kernel: string): tf.KernelFunc =>
  ({ inputs, attrs }) => {
    checkKernel(kernel);
    const ids = Object.fromEntries(
      Object.entries(inputs).flatMap(([name, x]) => (x === undefined ? [] : [[name, idOf(r, x)]])),
    );
    const infos = record(r, kernel, ids, attrs ?? {}).map((id) => infoOf(r, id));
    const [only] = infos;
    return infos.length === 1 && only !== undefined && !LISTING.has(kernel) ? only : infos;
  };

const NAME = 'marginalia-trace';

/** Whether tensors have no values now, because a function is being traced. */
export const isTracing = (): boolean => tf.getBackend() === NAME;

/** What is being recorded; a mistake where nothing is. */
export const recordingNow = (): Recording => {
  const recording = recordings.get(tf.backend());
  if (recording === undefined) throw new Error('no function is being traced');
  return recording;
};

/** The nodes of a frame, functions with a gradient of their own as what they compute. */
const nodesOf = (frame: readonly Recorded[]): readonly GraphNode[] =>
  frame.map((made) =>
    made.tag === 'kernel'
      ? made.node
      : { kernel: 'Identity', inputs: { x: made.y }, attributes: {}, outputs: [made.output] },
  );

/** Throws where a node takes what nothing has made: a tensor of one draw, used outside of its function. */
const checkMade = (
  { values, constants, nodes, inputs, outputs }: Graph,
  { outside }: Recording,
): void => {
  const made = new Set([...constants.keys(), ...outside.keys(), ...inputs.map(({ id }) => id)]);
  const check = (id: number, where: string): void => {
    if (made.has(id)) return;
    throw new TraceError(
      `${where} takes a tensor of shape [${(values[id]?.shape ?? []).join(', ')}] that belongs to one of several ` +
        'draws, outside of that draw; return it from the function that vmap was given, or, in an objective, ' +
        "take the values of all draws: valuesIn(joint, 'guide').",
    );
  };
  for (const { kernel, inputs: taken, outputs: makes } of nodes) {
    for (const id of Object.values(taken).flat()) check(id, kernel);
    for (const id of makes) made.add(id);
  }
  for (const { id, name } of outputs) check(id, `the output '${name}'`);
};

/** Writes down what `f` does, and gives what `close` makes of the graph while its kernels are there. */
const recorded = <A>(
  inputs: Readonly<Record<string, InputSpec>>,
  f: (inputs: Tensors, declare: Declare) => Tensors,
  close: (graph: Graph, recording: Recording) => A,
): A => {
  const recording = emptyRecording();
  const before = tf.getBackend();
  const kernels = new Set([
    ...tf.getKernelsForBackend('cpu').map((k) => k.kernelName),
    ...hostKernels,
  ]);
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
    const body = (): void => {
      const declare: Declare = (name, spec) => {
        const id = newValue(recording, spec);
        ports.push({ name, id });
        return tensorOf(recording, id);
      };
      const tensors = Object.fromEntries(
        Object.entries(inputs).map(([name, spec]) => [name, declare(name, spec)]),
      );
      for (const [name, x] of Object.entries(f(tensors, declare))) {
        outputs.push({ name, id: idOf(recording, x) });
      }
    };
    tf.tidy(() => withOwnGradients(recording, body));
    const { values, constants } = recording;
    const nodes = nodesOf(topFrame(recording));
    const graph = { values, constants, nodes, inputs: ports, outputs };
    checkMade(graph, recording);
    return close(graph, recording);
  } finally {
    void tf.setBackend(before);
    for (const kernelName of kernels) tf.unregisterKernel(kernelName, NAME);
    tf.removeBackend(NAME);
  }
};

/**
 * Runs `f` on tensors without values and returns the graph of what it did.
 *
 * `inputs` are shapes by name; `f` is given a tensor for each and returns its outputs by name.
 * Anything else it uses becomes a constant. Throws a `TraceError` where `f` reads a value.
 */
export const trace = (
  inputs: Readonly<Record<string, InputSpec>>,
  f: (inputs: Tensors, declare: Declare) => Tensors,
): Graph =>
  recorded(inputs, f, (graph, recording) => {
    readOutside(recording);
    return graph;
  });

/** A graph, with the tensors that it uses beside its inputs, whose numbers nobody has read. */
export interface OpenGraph {
  readonly graph: Graph;
  readonly outside: ReadonlyMap<ValueId, tf.TensorInfo>;
}

/** The same, for a graph that is run at once: nothing else that `f` uses becomes a constant. */
export const traceOpen = (
  inputs: Readonly<Record<string, InputSpec>>,
  f: (inputs: Tensors, declare: Declare) => Tensors,
): OpenGraph => recorded(inputs, f, (graph, { outside }) => ({ graph, outside }));
