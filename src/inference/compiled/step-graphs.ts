/**
 * A training step as graphs, two for each phase: gradients, with batch and noise as inputs, and the
 * update, which needs neither.
 */
import * as tf from '@tensorflow/tfjs';
import { leavesOf, withLeaves } from '../../compile/container.js';
import type { Graph } from '../../compile/graph/graph.js';
import { putUnder, takeUnder } from '../../prefixed.js';
import { guarded } from '../metrics.js';
import { namedState, partsOfState } from '../named-state.js';
import { type NoiseInput, specsOf, traceNoisy } from './noisy-graph.js';
import { trainedBy } from '../phases/phase.js';
import type { SviState } from '../svi-state.js';
import type { Svi } from '../inference.js';
import { type Turn, firstTurns, ofPhase, partOf, underPhase } from '../phases/turn.js';

/**
 * A phase: `gradients` gives the loss, gradients by name and what is remembered next, as
 * `next/memory/…`, and running averages, as `next/params/…`; `update` gives the next parameters and
 * optimiser state from them. State is named as in the whole state.
 */
export interface PhaseGraphs {
  readonly name: string;
  readonly gradients: Graph;
  readonly noises: readonly NoiseInput[];
  readonly update: Graph;
  /** Both as they were traced: what an eager turn does. */
  readonly asked: readonly Graph[];
}

/** A step: its phases, and which of them has each turn. */
export interface StepGraphs {
  readonly phases: readonly PhaseGraphs[];
  readonly order: readonly PhaseGraphs[];
  /** The loss that is reported, of the losses of all turns as `ofTurn` names them. */
  readonly loss: Graph;
}

/** The name that what belongs to a turn alone has among all turns: its noise, step and loss. */
export const ofTurn = (turn: number, name: string): string =>
  name === 'step' || name === 'loss' || name.startsWith('noise/') ? `turn/${turn}/${name}` : name;

const tracePhase = <B>(turn: Turn<B>, state: SviState, batch: B): PhaseGraphs => {
  const { name, phase } = turn;
  const { derivation, optimizer, memory } = partOf(turn, state);
  const own = namedState({
    params: state.params,
    optimizer: {},
    memory: underPhase(name, memory),
  });
  const {
    graph: gradients,
    noises,
    asked,
  } = traceNoisy(
    {
      ...specsOf([...Object.entries(own), ...leavesOf(batch)]),
      step: { shape: [], dtype: 'float32' },
    },
    ({ step = tf.scalar(0), ...tensors }, noise) => {
      const given = partsOfState(tensors);
      const half = phase.differentiate(
        { params: given.params, memory: ofPhase(name, given.memory), derivation, step },
        noise,
        withLeaves(batch, tensors),
      );
      return {
        ...putUnder('gradients', half.gradients),
        ...putUnder('next/memory', underPhase(name, half.memory)),
        ...putUnder('next/params', half.running),
        loss: half.metrics.loss,
      };
    },
  );
  const params = trainedBy(derivation, state.params);
  const moved = namedState({ params, optimizer: underPhase(name, optimizer), memory: {} });
  const { graph: update, asked: askedOfUpdate } = traceNoisy(
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
        memory: {},
      });
    },
  );
  return { name, gradients, noises, update, asked: [asked, askedOfUpdate] };
};

/** Traces a step. Throws a `TraceError` where it cannot be compiled. */
export const traceStep = <B>(svi: Svi<B>, state: SviState, batch: B): StepGraphs => {
  const phases = firstTurns(svi.turns).map((turn) => tracePhase(turn, state, batch));
  const order = svi.turns.flatMap(({ name }) => phases.filter((phase) => phase.name === name));
  const losses = order.map((_, turn) => ofTurn(turn, 'loss'));
  const reported = losses[order.findLastIndex(({ name }) => name === svi.reported)] ?? '';
  const scalars = losses.map((name) => [name, tf.scalar(0)] as const);
  const { graph: loss } = traceNoisy(specsOf(scalars), (tensors) => ({
    loss: guarded(
      tensors[reported] ?? tf.scalar(Number.NaN),
      order.length === 1 ? [] : Object.values(tensors),
    ),
  }));
  tf.dispose(scalars.map(([, x]) => x));
  return { phases, order, loss };
};
