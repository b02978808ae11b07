/** Traces a pure tensor function to a graph: TensorFlow.js runs it on a backend that records. */
import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../../dsl/records/dictionary.js';
import type { Tensor } from '../../../dsl/index.js';
import {
  type DType,
  type Graph,
  type GraphNode,
  type ValueId,
  operands,
} from '../../graph/graph.js';
import { withOwnGradients } from './own-gradients.js';
import {
  type Recorded,
  type Recording,
  emptyRecording,
  idOf,
  newValue,
  readOutside,
  tensorOf,
  topFrame,
} from './recording.js';
import { isRecording, onRecordingBackend, recordingNow } from './recording-backend.js';
import { RecordingError, refusalOf } from './recording-error.js';

export { RecordingError, isRecording, recordingNow, refusalOf };

/** What is known of an input before it has a value. */
export interface InputSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** Named tensors, in the order in which they were put in. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** Adds an input while tracing, for what is only known then, such as noise. */
export type Declare = (name: string, spec: InputSpec) => Tensor;

/** The nodes of a frame, functions with a gradient of their own as what they compute. */
export const nodesOf = (frame: readonly Recorded[]): readonly GraphNode[] =>
  frame.map((made) =>
    made._tag === 'kernel'
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
    throw new RecordingError(
      `${where} takes a tensor of shape [${(values[id]?.shape ?? []).join(', ')}] that belongs to one of several ` +
        'draws, outside of that draw; return it from the function that vmap was given, or, in an objective, ' +
        "take the values of all draws: valuesIn(joint, 'guide').",
    );
  };
  for (const node of nodes) {
    const { kernel, outputs: makes } = node;
    for (const id of operands(node)) check(id, kernel);
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
  return onRecordingBackend(recording, () => {
    const outputs: Graph['outputs'][number][] = [];
    const ports: Graph['inputs'][number][] = [];
    const body = (): void => {
      const declare: Declare = (name, spec) => {
        const id = newValue(recording, spec);
        ports.push({ name, id });
        return tensorOf(recording, id);
      };
      const tensors = mapped(inputs, (spec, name) => declare(name, spec));
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
  });
};

/**
 * Runs `f` on tensors without values and returns the graph of what it did.
 *
 * `inputs` are shapes by name; `f` is given a tensor for each and returns its outputs by name.
 * Anything else it uses becomes a constant. Throws a `RecordingError` where `f` reads a value.
 */
export const recordGraph = (
  inputs: Readonly<Record<string, InputSpec>>,
  f: (inputs: Tensors, declare: Declare) => Tensors,
): Graph =>
  recorded(inputs, f, (graph, recording) => {
    readOutside(recording);
    return graph;
  });

/** What `body` finds while what it does is written down: where that is so already, or for its own sake alone. */
export const whileRecording = <A>(body: () => A): A => {
  if (isRecording()) return body();
  const found: A[] = [];
  recordGraph({}, () => {
    found.push(body());
    return {};
  });
  const [only] = found;
  if (only === undefined) throw new Error('nothing was written down');
  return only;
};

/** A graph, with the tensors that it uses beside its inputs, whose numbers nobody has read. */
export interface OpenGraph {
  readonly graph: Graph;
  readonly outside: ReadonlyMap<ValueId, tf.TensorInfo>;
}

/** The same, for a graph that is run at once: nothing else that `f` uses becomes a constant. */
export const recordOpen = (
  inputs: Readonly<Record<string, InputSpec>>,
  f: (inputs: Tensors, declare: Declare) => Tensors,
): OpenGraph => recorded(inputs, f, (graph, { outside }) => ({ graph, outside }));
