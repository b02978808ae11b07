/** The gradient tape of TensorFlow.js. */
import * as tf from '@tensorflow/tfjs';

type TapeNode = ReturnType<typeof tf.engine>['state']['activeTape'][number];

/**
 * Runs `body` inside `tape` and throws what it threw once the tape is gone: TensorFlow.js never
 * frees what a tape holds where an exception crosses it.
 */
export const acrossTape = (tape: (body: () => void) => void, body: () => void): void => {
  const thrown: unknown[] = [];
  tape(() => {
    try {
      body();
    } catch (error) {
      thrown.push(error);
    }
  });
  if (thrown.length > 0) throw thrown[0];
};

/**
 * Puts the tape into the order in which its values were made.
 *
 * An operation whose gradient needs its own result, such as exp or tanh, records the copy that it
 * saves before itself. A gradient of a gradient goes through that copy, and TensorFlow.js, which reads
 * the tape once from its beginning, would leave out all that reaches it: a wrong number, not an error.
 */
export const orderTape = (): void => {
  const tape = tf.engine().state.activeTape ?? [];
  const unmade = new Set(tape.flatMap((node) => node.outputs.map(({ id }) => id)));
  const waiting = new Map<number, TapeNode[]>();
  const ordered: TapeNode[] = [];
  const place = (node: TapeNode): void => {
    const [source, ...others] = Object.values(node.inputs);
    const early = source !== undefined && others.length === 0 && unmade.has(source.id);
    if (early && node.outputs.every(({ id }) => id !== source.id)) {
      waiting.set(source.id, [...(waiting.get(source.id) ?? []), node]);
      return;
    }
    ordered.push(node);
    for (const { id } of node.outputs) {
      unmade.delete(id);
      const copies = waiting.get(id) ?? [];
      waiting.delete(id);
      copies.forEach(place);
    }
  };
  tape.forEach(place);
  const rest = [...waiting.values()].flat();
  [...ordered, ...rest].forEach((node, i) => {
    tape[i] = node;
  });
};
