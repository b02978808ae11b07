/** The executor that every other agrees with: a graph by the kernels of the TensorFlow.js backend in use. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import type { Graph, ValueId } from '../../graph/graph.js';
import type { Tensors } from '../recording/recorder.js';
import { constantTensor, interpret } from './interpret.js';
import { planOf } from './plan.js';

/** A graph that is interpreted. */
export interface Interpreter {
  /** Runs it at once; the inputs stay the caller's, and the outputs are the caller's. */
  readonly run: (inputs: Tensors) => Tensors;
  /** Frees the constants, which are made once. */
  readonly close: () => void;
}

/** Makes the interpreter of a graph. It runs on whatever backend is in use when it is run. */
export const interpreter = (graph: Graph): Interpreter => {
  const plan = planOf(graph);
  let constants: ReadonlyMap<ValueId, Tensor> | undefined;
  return {
    run: (inputs) => {
      constants ??= new Map(
        plan.constants.map((constant) => [constant.id, tf.keep(constantTensor(constant))]),
      );
      return interpret(plan, inputs, constants);
    },
    close: () => {
      tf.dispose([...(constants?.values() ?? [])]);
      constants = undefined;
    },
  };
};
