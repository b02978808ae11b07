/** Watching what TensorFlow.js is asked to do while something runs. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';

/** One kernel that ran. */
export interface KernelCall {
  readonly kernel: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** Whether it ran by itself, and not inside an operation with a gradient of its own. */
  readonly outermost: boolean;
}

export interface Watcher {
  /** Told of every kernel once it has run. */
  readonly ran: (call: KernelCall) => void;
  /** Asked before the numbers of a tensor are read at once; may throw. A promise of them comes too late. */
  readonly reads: (dataId: object) => void;
}

const tensorsIn = (x: unknown): readonly Tensor[] =>
  x instanceof tf.Tensor ? [x] : Array.isArray(x) ? x.flatMap(tensorsIn) : [];

/**
 * Runs `body` and tells a watcher of it: of kernels that have no gradient as well, and of those inside
 * operations that have one of their own, whatever they were given by closure.
 */
export const watching = <A>({ ran, reads }: Watcher, body: () => A): A => {
  const engine = tf.engine();
  const { runKernel, readSync } = engine;
  const [run, read] = [runKernel.bind(engine), readSync.bind(engine)];
  const watched: Pick<typeof engine, 'runKernel' | 'readSync'> = {
    runKernel: <T extends tf.Tensor | tf.Tensor[]>(
      kernel: string,
      inputs: tf.NamedTensorMap,
      attrs?: tf.NamedAttrMap,
    ): T => {
      const outermost = engine.state.kernelDepth === 0;
      const made = run<T>(kernel, inputs, attrs);
      ran({
        kernel,
        inputs: Object.values(inputs).flatMap(tensorsIn),
        outputs: tensorsIn(made),
        outermost,
      });
      return made;
    },
    readSync: (dataId) => {
      reads(dataId);
      return read(dataId);
    },
  };
  Object.assign(engine, watched);
  try {
    return body();
  } finally {
    Object.assign(engine, { runKernel, readSync });
  }
};
