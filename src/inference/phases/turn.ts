/**
 * The turns of a step: phases in order, each of which sees the state as the one before left it. A
 * phase is what it would be by itself: its key is the state's, folded with its name; its steps count
 * its own turns; its optimiser and its objective remember by themselves. The parameters are everyone's.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { entryOf } from '../../../dsl/dictionary.js';
import type { Derivation } from '../../bounds/derivation.js';
import { type NoiseSource, keyedNoise } from '../../random/noise-source.js';
import { putUnder, takeUnder } from '../../prefixed.js';
import { type Key, foldIn } from '../../random/index.js';
import type { ObjectiveMetrics } from '../metrics.js';
import { type Pace, isDue, ownStep, ownStepTensor } from './pace.js';
import type { Phase } from './phase.js';
import type { StepState, SviState } from '../svi-state.js';

/** One update of a step. */
export interface Turn<B> {
  /** The name of its phase, `outer/inner` where phases have phases; empty where there is but one. */
  readonly name: string;
  readonly phase: Phase<B>;
  /** When it has its turn: of phases in phases the outermost first, and none where there is but one. */
  readonly paces: readonly Pace[];
}

/** The turns that a step has. */
export const dueTurns = <B>(turns: readonly Turn<B>[], step: number): readonly Turn<B>[] =>
  turns.filter(({ paces }) => isDue(paces, step));

/** The names that each turn is told by: its phase's and, where that has several, with its number, `e/2`. */
export const turnNames = (turns: readonly { readonly name: string }[]): readonly string[][] =>
  turns.map(({ name }, i) => {
    const same = turns.flatMap((turn, at) => (turn.name === name ? [at] : []));
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

/** The state as the phase of a turn has it by itself. */
export const partOf = <B>({ name, paces }: Turn<B>, state: SviState): SviState => ({
  ...state,
  optimizer: ofPhase(name, state.optimizer),
  memory: ofPhase(name, state.memory),
  derivation: phaseDerivation(name, state.derivation),
  key: phaseKey(name, state.key),
  step: ownStep(paces, state.step),
});

/** The same of what a step is computed from. */
export const stepPartOf = <B>({ name, paces }: Turn<B>, state: StepState): StepState => ({
  params: state.params,
  derivation: phaseDerivation(name, state.derivation),
  memory: ofPhase(name, state.memory),
  step: ownStepTensor(paces, state.step),
});

/** A state as its next step sees it. */
export const counted = ({ params, derivation, memory, step }: SviState): StepState => ({
  params,
  derivation,
  memory,
  step: tf.scalar(step),
});

/** The key of the draws of a state's next step. */
export const drawKey = ({ key, step }: SviState): Key => foldIn(key, step);

/** The noise of a state's next step. */
export const noiseAt = (state: SviState): NoiseSource => keyedNoise(drawKey(state));

/** Takes a turn: the state after it, whose step is that of before. The caller frees. */
export const takeTurn = <B>(
  turn: Turn<B>,
  state: SviState,
  batch: B,
): readonly [SviState, ObjectiveMetrics] => {
  const part = partOf(turn, state);
  const { metrics, gradients, memory, running } = turn.phase.differentiate(
    counted(part),
    noiseAt(part),
    batch,
  );
  const { params, optimizer } = turn.phase.update(gradients, part);
  const own = (record: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>> =>
    underPhase(turn.name, record);
  const next = {
    ...state,
    params: { ...params, ...running },
    optimizer: { ...state.optimizer, ...own(optimizer) },
    memory: { ...state.memory, ...own(memory) },
  };
  return [next, metrics];
};

/** The first turn of each phase, in order. */
export const firstTurns = <B>(turns: readonly Turn<B>[]): readonly Turn<B>[] =>
  turns.filter(({ name }, i) => turns.findIndex((turn) => turn.name === name) === i);
