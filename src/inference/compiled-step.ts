/**
 * A training step as two graphs: gradients, with batch and noise as inputs, and the update, which
 * needs neither.
 */
import * as tf from '@tensorflow/tfjs';
import { leavesOf, withLeaves } from '../compile/container.js';
import type { Graph } from '../compile/graph.js';
import { putUnder, takeUnder } from '../prefixed.js';
import { namedState, partsOfState } from './named-state.js';
import { type NoiseInput, specsOf, traceNoisy } from './noisy-graph.js';
import type { Svi, SviState } from './svi.js';

/**
 * A step: `gradients` gives the loss, gradients by name and what is remembered next, as `next/memory/…`;
 * `update` gives the next parameters and optimiser state from them.
 */
export interface StepGraphs {
  readonly gradients: Graph;
  readonly noises: readonly NoiseInput[];
  readonly update: Graph;
}

/** Traces a step. Throws a `TraceError` where it cannot be compiled. */
export const traceStep = <B>(svi: Svi<B>, state: SviState, batch: B): StepGraphs => {
  const own = Object.entries({
    ...putUnder('params', state.params),
    ...putUnder('memory', state.memory),
  });
  const { graph: gradients, noises } = traceNoisy(
    { ...specsOf([...own, ...leavesOf(batch)]), step: { shape: [], dtype: 'float32' } },
    ({ step = tf.scalar(0), ...tensors }, noise) => {
      const { params, memory } = partsOfState(tensors);
      const { metrics, ...found } = svi.differentiate(
        { params, memory, derivation: state.derivation, step },
        noise,
        withLeaves(batch, tensors),
      );
      return {
        ...putUnder('gradients', found.gradients),
        ...putUnder('next/memory', found.memory),
        loss: metrics.loss,
      };
    },
  );
  const given = Object.entries(putUnder('gradients', state.params));
  const { graph: update } = traceNoisy(
    specsOf([...Object.entries(namedState({ ...state, memory: {} })), ...given]),
    (tensors) => {
      const next = svi.update(takeUnder('gradients', tensors), partsOfState(tensors));
      return namedState({ ...next, memory: {} });
    },
  );
  return { gradients, noises, update };
};
