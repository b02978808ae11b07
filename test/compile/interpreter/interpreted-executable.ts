/** The interpreter over arrays, as other executors are. */
import * as tf from '@tensorflow/tfjs';
import { entryOf } from '../../../dsl/records/dictionary.js';
import type { Bound, Executable } from '../../../src/compile/executable.js';
import { valueAt } from '../../../src/graph/graph.js';
import { interpreter } from '../../../src/compile/interpreter/interpreter.js';

/** What runs at once, without a promise. */
export interface InterpretedExecutable extends Executable {
  readonly run: () => void;
}

/** A graph by the kernels of the backend in use. Its outputs are written once all of them are there. */
export const interpretedExecutable = ({ graph, inputs, outputs }: Bound): InterpretedExecutable => {
  const { run, close } = interpreter(graph);
  return {
    by: `TensorFlow.js, ${tf.getBackend()}`,
    run: () => {
      tf.tidy(() => {
        const given = graph.inputs.map(({ name, id }) => {
          const { shape, dtype } = valueAt(graph, id);
          // Some backends keep the array that they are given, and outputs may lie in the same memory.
          return [
            name,
            tf.tensor(entryOf(inputs, name)?.slice() ?? [], [...shape], dtype),
          ] as const;
        });
        const made = run(Object.fromEntries(given));
        const numbers = Object.entries(made).map(([name, x]) => [name, x.dataSync()] as const);
        for (const [name, values] of numbers) entryOf(outputs, name)?.set(values);
      });
    },
    close: async () => close(),
  };
};
