/** What a phase computes, carried out by graphs wherever nothing is traced around it. */
import * as tf from '@tensorflow/tfjs';
import { only } from '../../../dsl/records/dictionary.js';
import type { Derivation } from '../../bounds/derivation.js';
import { type Tensors, isRecording } from '../../compile/recording/recorder.js';
import { noNoise } from '../../random/noise-source.js';
import type { Params } from '../../interpreters/params.js';
import { putUnder, takeUnder } from '../../../dsl/records/record-paths.js';
import type { ObjectiveMetrics } from '../metrics.js';
import { namedState, partsOfState } from '../named-state.js';
import type { StepState } from '../svi-state.js';
import { interpretedFunction } from './interpreted-function.js';
import type { PhaseParts } from '../phases/phase-parts.js';

const tensorsOf = ({ params, carry, step }: StepState): Tensors => ({
  ...namedState({ params, carry, optimizer: {} }),
  step,
});

const stateOf = ({ step = tf.scalar(0), ...named }: Tensors, derivation: Derivation): StepState => {
  const { params, carry } = partsOfState(named);
  return { params, carry, derivation, step };
};

const namedMetrics = ({ loss, terms }: ObjectiveMetrics): Tensors => ({
  loss,
  ...putUnder('terms', terms),
});

const metricsIn = (made: Tensors): ObjectiveMetrics => ({
  loss: made['loss'] ?? tf.scalar(Number.NaN),
  terms: takeUnder('terms', made),
});

/** The parts of which `traced` are those under a trace. */
export const interpretedParts = <B>(traced: PhaseParts<B>): PhaseParts<B> => {
  const derivatives = interpretedFunction<B, Derivation>((tensors, noise, batch, derivation) => {
    const half = traced.differentiate(stateOf(tensors, derivation), noise, batch);
    return {
      ...namedMetrics(half.metrics),
      ...putUnder('gradients', half.gradients),
      ...putUnder('carry', half.carry),
      ...putUnder('running', half.running),
    };
  });

  const bounds = interpretedFunction<B, Derivation>((tensors, noise, batch, derivation) =>
    namedMetrics(traced.bound(stateOf(tensors, derivation), noise, batch)),
  );

  const moved = interpretedFunction<undefined, undefined>((tensors) => {
    const { params, optimizer } = partsOfState(tensors);
    const next = traced.update(takeUnder('gradients', tensors), { params, optimizer });
    return namedState({ ...next, carry: {} });
  });

  return {
    differentiate: (state, noise, batch) => {
      if (isRecording()) return traced.differentiate(state, noise, batch);
      const made = derivatives(tensorsOf(state), noise, batch, state.derivation);
      return {
        metrics: metricsIn(made),
        gradients: takeUnder('gradients', made),
        carry: takeUnder('carry', made),
        running: takeUnder('running', made),
      };
    },
    update: (gradients, state) => {
      if (isRecording()) return traced.update(gradients, state);
      const trained: Params = only(state.params, (name) => Object.hasOwn(gradients, name));
      const own = namedState({ params: trained, optimizer: state.optimizer, carry: {} });
      const tensors = { ...own, ...putUnder('gradients', gradients) };
      const { params, optimizer } = partsOfState(moved(tensors, noNoise, undefined, undefined));
      return { params: { ...state.params, ...params }, optimizer };
    },
    bound: (state, noise, batch) =>
      isRecording()
        ? traced.bound(state, noise, batch)
        : metricsIn(bounds(tensorsOf(state), noise, batch, state.derivation)),
  };
};
