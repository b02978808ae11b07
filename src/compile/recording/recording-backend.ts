/** A backend of TensorFlow.js whose kernels only work out shapes and write down what was asked. */
import * as tf from '@tensorflow/tfjs';
import { hostKernels } from '../../kernels/index.js';
import { type Recording, dtypeOf, idOf, infoOf, newConstant, record } from './recording.js';
import { RecordingError } from './recording-error.js';

/** What kernels of this backend ask it for. */
interface Recorder {
  readonly recordKernel: (
    kernel: string,
    inputs: tf.NamedTensorInfoMap,
    attributes?: tf.NamedAttrMap,
  ) => tf.TensorInfo | tf.TensorInfo[];
}

const isRecorder = (backend: object): backend is Recorder =>
  'recordKernel' in backend && typeof backend.recordKernel === 'function';

const reading = (what: string): never => {
  throw new RecordingError(
    `${what} reads the value of a tensor while a function is traced, when there is none yet; ` +
      'keep values in tensors, or wrap host code in blackBox(f, { shape }).',
  );
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
    throw new RecordingError(
      `${kernel} draws random numbers of its own, which a trace would freeze; ` +
        "draw them by noise('name', …) or at a sample site, or give them as an input.",
    );
  }
  if (SHAPED_BY_VALUES.has(kernel)) {
    throw new RecordingError(
      `${kernel} makes a tensor whose shape depends on values, which are not known while a function is ` +
        'traced; make it beforehand and give it as an input, or wrap it in blackBox(f, { shape }).',
    );
  }
  if (kernel === 'Complex') dtypeOf('complex64');
};

const recordedBy =
  (r: Recording): Recorder['recordKernel'] =>
  (kernel, inputs, attributes = {}) => {
    checkKernel(kernel);
    const ids = Object.fromEntries(
      Object.entries(inputs).flatMap(([name, x]) => (x === undefined ? [] : [[name, idOf(r, x)]])),
    );
    const infos = record(r, kernel, ids, attributes).map((id) => infoOf(r, id));
    const [only] = infos;
    return infos.length === 1 && only !== undefined && !LISTING.has(kernel) ? only : infos;
  };

/** What is recorded by the backends that record. */
const recordings = new WeakMap<tf.KernelBackend, Recording>();

const backendFor = (r: Recording): tf.KernelBackend => {
  const hold = (
    dataId: object,
    values: tf.BackendValues,
    shape: number[],
    dtype: tf.DataType,
  ): void => {
    r.byData.set(dataId, newConstant(r, values, { shape, dtype: dtypeOf(dtype) }));
  };
  const backend = Object.assign(new tf.KernelBackend(), {
    recordKernel: recordedBy(r),
    write: (values: tf.BackendValues, shape: number[], dtype: tf.DataType): object => {
      const dataId = {};
      hold(dataId, values, shape, dtype);
      return dataId;
    },
    move: hold,
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

const NAME = 'marginalia-recording';

/**
 * Registers a kernel when it is first asked for, and for good: all of them, at each trace, would take longer
 * than a small function. Whichever backend records is told.
 */
const provide = (kernelName: string): void => {
  if (tf.getKernel(kernelName, NAME) !== undefined) return;
  if (tf.getKernel(kernelName, 'cpu') === undefined && !hostKernels.has(kernelName)) return;
  tf.registerKernel({
    kernelName,
    backendName: NAME,
    kernelFunc: ({ inputs, attrs, backend }) => {
      if (!isRecorder(backend)) throw new Error('no function is being traced');
      return backend.recordKernel(kernelName, inputs, attrs);
    },
  });
};

/** Lets kernels through where TensorFlow.js would time them and look at their numbers: there are none. */
const untimed = {
  profileKernel: (
    kernelName: string,
    inputs: tf.NamedTensorMap,
    f: () => readonly tf.Tensor[],
  ) => ({
    kernelName,
    inputs,
    outputs: f(),
    timeMs: Promise.resolve(0),
    extraInfo: Promise.resolve(''),
  }),
  logKernelProfile: () => undefined,
};

/** Whether tensors have no values now, because a function is being traced. */
export const isRecording = (): boolean => tf.getBackend() === NAME;

/** What is being recorded; a mistake where nothing is. */
export const recordingNow = (): Recording => {
  const recording = recordings.get(tf.backend());
  if (recording === undefined) throw new Error('no function is being traced');
  return recording;
};

/**
 * Runs `body` on a backend that records. It is put into the engine, for `tf.setBackend` goes through all
 * kernels that there are, and sets up those of the backend in use anew when that comes back.
 */
export const onRecordingBackend = <A>(r: Recording, body: () => A): A => {
  // The backend has no name before it is first used.
  const backendInstance = tf.backend();
  const engine = tf.engine();
  const { backendName, runKernel } = engine;
  const profiler: unknown = Reflect.get(engine, 'profiler');
  const run = runKernel.bind(engine);
  const asking: Pick<typeof engine, 'runKernel'> = {
    runKernel: <T extends tf.Tensor | tf.Tensor[]>(
      kernel: string,
      inputs: tf.NamedTensorMap,
      attrs?: tf.NamedAttrMap,
    ): T => {
      provide(kernel);
      return run<T>(kernel, inputs, attrs);
    },
  };
  // Host code runs at once on a backend that lacks it.
  for (const kernel of hostKernels) provide(kernel);
  Object.assign(engine, asking, {
    backendName: NAME,
    backendInstance: backendFor(r),
    profiler: untimed,
  });
  try {
    return body();
  } finally {
    Object.assign(engine, { backendName, backendInstance, profiler, runKernel });
  }
};
