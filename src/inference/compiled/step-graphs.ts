/**
 * A training step as graphs, two for each phase: gradients, with batch and noise as inputs, and the
 * update, which needs neither.
 */
import * as tf from '@tensorflow/tfjs';
import { leavesOf, withLeaves } from '../../compile/container.js';
import type { Graph } from '../../graph/graph.js';
import { putUnder, takeUnder } from '../../../dsl/records/record-paths.js';
import { guarded } from '../metrics.js';
import { namedState, partsOfState } from '../named-state.js';
import { type NoiseInput, specsOf, recordNoisy } from './noisy-graph.js';
import { trainedBy } from '../phases/phase.js';
import type { SviState } from '../svi-state.js';
import type { Svi } from '../inference.js';
import { type Stage, firstStages, ofPhase, partOf, underPhase } from '../phases/stage.js';

/**
 * A phase: `gradients` gives the loss, gradients by name and what is remembered next, as
 * `next/carry/…`, and running averages, as `next/params/…`; `update` gives the next parameters and
 * optimiser state from them. State is named as in the whole state.
 */
export interface PhaseGraphs {
  readonly name: string;
  readonly gradients: Graph;
  readonly noises: readonly NoiseInput[];
  readonly update: Graph;
  /** Both as they were traced: what an eager stage does. */
  readonly asked: readonly Graph[];
}

/** A step: its phases, and which of them has each stage. */
export interface StepGraphs {
  readonly phases: readonly PhaseGraphs[];
  readonly order: readonly PhaseGraphs[];
  /** The loss that is reported, of the losses of all stages as `ofStage` names them. */
  readonly loss: Graph;
}

/** The name that what belongs to a stage alone has among all stages: its noise, step and loss. */
export const ofStage = (stage: number, name: string): string =>
  name === 'step' || name === 'loss' || name.startsWith('noise/') ? `stage/${stage}/${name}` : name;

const recordPhase = <B>(stage: Stage<B>, state: SviState, batch: B): PhaseGraphs => {
  const { name, phase } = stage;
  const { derivation, optimizer, carry } = partOf(stage, state);
  const own = namedState({
    params: state.params,
    optimizer: {},
    carry: underPhase(name, carry),
  });
  const {
    graph: gradients,
    noises,
    asked,
  } = recordNoisy(
    {
      ...specsOf([...Object.entries(own), ...leavesOf(batch)]),
      step: { shape: [], dtype: 'float32' },
    },
    ({ step = tf.scalar(0), ...tensors }, noise) => {
      const given = partsOfState(tensors);
      const half = phase.differentiate(
        { params: given.params, carry: ofPhase(name, given.carry), derivation, step },
        noise,
        withLeaves(batch, tensors),
      );
      return {
        ...putUnder('gradients', half.gradients),
        ...putUnder('next/carry', underPhase(name, half.carry)),
        ...putUnder('next/params', half.running),
        loss: half.metrics.loss,
      };
    },
  );
  const params = trainedBy(derivation, state.params);
  const moved = namedState({ params, optimizer: underPhase(name, optimizer), carry: {} });
  const { graph: update, asked: askedOfUpdate } = recordNoisy(
    specsOf([...Object.entries(moved), ...Object.entries(putUnder('gradients', params))]),
    (tensors) => {
      const given = partsOfState(tensors);
      const next = phase.update(takeUnder('gradients', tensors), {
        params: given.params,
        optimizer: ofPhase(name, given.optimizer),
      });
      return namedState({
        params: next.params,
        optimizer: underPhase(name, next.optimizer),
        carry: {},
      });
    },
  );
  return { name, gradients, noises, update, asked: [asked, askedOfUpdate] };
};

/** Traces a step. Throws a `RecordingError` where it cannot be compiled. */
export const recordStep = <B>(svi: Svi<B>, state: SviState, batch: B): StepGraphs => {
  const phases = firstStages(svi.stages).map((stage) => recordPhase(stage, state, batch));
  const order = svi.stages.flatMap(({ name }) => phases.filter((phase) => phase.name === name));
  const losses = order.map((_, stage) => ofStage(stage, 'loss'));
  const reported = losses[order.findLastIndex(({ name }) => name === svi.reported)] ?? '';
  const scalars = losses.map((name) => [name, tf.scalar(0)] as const);
  const { graph: loss } = recordNoisy(specsOf(scalars), (tensors) => ({
    loss: guarded(
      tensors[reported] ?? tf.scalar(Number.NaN),
      order.length === 1 ? [] : Object.values(tensors),
    ),
  }));
  tf.dispose(scalars.map(([, x]) => x));
  return { phases, order, loss };
};
