/**
 * The stages of a step: phases in order, each of which sees the state as the one before left it. A
 * phase is what it would be by itself: its key is the state's, folded with its name; its steps count
 * its own stages; its optimiser and its objective remember by themselves. The parameters are everyone's.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { entryOf } from '../../../dsl/records/dictionary.js';
import type { Derivation } from '../../bounds/derivation.js';
import { type NoiseSource, keyedNoise } from '../../random/noise-source.js';
import { putUnder, takeUnder } from '../../../dsl/records/record-paths.js';
import { type Key, foldIn } from '../../random/index.js';
import type { ObjectiveMetrics } from '../metrics.js';
import { type Pace, isDue, ownStep, ownStepTensor } from './pace.js';
import type { Phase } from './phase.js';
import type { StepState, SviState } from '../svi-state.js';

/** One update of a step. */
export interface Stage<B> {
  /** The name of its phase, `outer/inner` where phases have phases; empty where there is but one. */
  readonly name: string;
  readonly phase: Phase<B>;
  /** When it has its turn: of phases in phases the outermost first, and none where there is but one. */
  readonly paces: readonly Pace[];
}

/** The stages that a step has. */
export const dueStages = <B>(stages: readonly Stage<B>[], step: number): readonly Stage<B>[] =>
  stages.filter(({ paces }) => isDue(paces, step));

/** The names that each stage is told by: its phase's and, where that has several, with its number, `e/2`. */
export const stageNames = (stages: readonly { readonly name: string }[]): readonly string[][] =>
  stages.map(({ name }, i) => {
    const same = stages.flatMap((stage, at) => (stage.name === name ? [at] : []));
    return same.length === 1 ? [name] : [name, `${name}/${same.indexOf(i) + 1}`];
  });

/** Puts what a phase remembers under its name. */
export const underPhase = <A>(
  name: string,
  record: Readonly<Record<string, A>>,
): Readonly<Record<string, A>> => (name === '' ? record : putUnder(name, record));

/** What lies under the name of a phase. */
export const ofPhase = <A>(
  name: string,
  record: Readonly<Record<string, A>>,
): Readonly<Record<string, A>> => (name === '' ? record : takeUnder(name, record));

/** The key that a phase draws from. */
export const phaseKey = (name: string, key: Key): Key =>
  name === '' ? key : name.split('/').reduce<Key>(foldIn, key);

const phaseDerivation = (name: string, derivation: Derivation): Derivation =>
  entryOf(derivation.phases ?? {}, name)?.derivation ?? derivation;

/** The state as the phase of a stage has it by itself. */
export const partOf = <B>({ name, paces }: Stage<B>, state: SviState): SviState => ({
  ...state,
  optimizer: ofPhase(name, state.optimizer),
  carry: ofPhase(name, state.carry),
  derivation: phaseDerivation(name, state.derivation),
  key: phaseKey(name, state.key),
  step: ownStep(paces, state.step),
});

/** The same of what a step is computed from. */
export const stepPartOf = <B>({ name, paces }: Stage<B>, state: StepState): StepState => ({
  params: state.params,
  derivation: phaseDerivation(name, state.derivation),
  carry: ofPhase(name, state.carry),
  step: ownStepTensor(paces, state.step),
});

/** A state as its next step sees it. */
export const counted = ({ params, derivation, carry, step }: SviState): StepState => ({
  params,
  derivation,
  carry,
  step: tf.scalar(step),
});

/** The key of the draws of a state's next step. */
export const drawKey = ({ key, step }: SviState): Key => foldIn(key, step);

/** The noise of a state's next step. */
export const noiseAt = (state: SviState): NoiseSource => keyedNoise(drawKey(state));

/** Takes a stage: the state after it, whose step is that of before. The caller frees. */
export const takeStage = <B>(
  stage: Stage<B>,
  state: SviState,
  batch: B,
): readonly [SviState, ObjectiveMetrics] => {
  const part = partOf(stage, state);
  const { metrics, gradients, carry, running } = stage.phase.differentiate(
    counted(part),
    noiseAt(part),
    batch,
  );
  const { params, optimizer } = stage.phase.update(gradients, part);
  const own = (record: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>> =>
    underPhase(stage.name, record);
  const next = {
    ...state,
    params: { ...params, ...running },
    optimizer: { ...state.optimizer, ...own(optimizer) },
    carry: { ...state.carry, ...own(carry) },
  };
  return [next, metrics];
};

/** The first stage of each phase, in order. */
export const firstStages = <B>(stages: readonly Stage<B>[]): readonly Stage<B>[] =>
  stages.filter(({ name }, i) => stages.findIndex((stage) => stage.name === name) === i);
