/** How often a phase has its turn: a rule of the steps around it, in which it counts its own. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';

/** Stage `round` of `times` in a row, in step `after` and every `every`-th from there. */
export interface Pace {
  readonly times: number;
  readonly round: number;
  readonly every: number;
  /** How many steps are taken before the first of its stages. */
  readonly after: number;
}

const isDueAt = ({ every, after }: Pace, step: number): boolean =>
  step >= after && (step - after) % every === 0;

/** How many steps a stage counts of its own before it has its turn in a step, or the next one that it has. */
const ownOf = ({ times, round, every, after }: Pace, step: number): number =>
  Math.max(0, Math.ceil((step - after) / every)) * times + round;

/** The number of a stage among its own: `paces` from the outermost phases to the innermost. */
export const ownStep = (paces: readonly Pace[], step: number): number =>
  paces.reduce((at, pace) => ownOf(pace, at), step);

/** The same of a scalar. */
export const ownStepTensor = (paces: readonly Pace[], step: Tensor): Tensor =>
  paces.reduce<Tensor>((at, { times, round, every, after }) => {
    const begun =
      every === 1 && after === 0 ? at : tf.ceil(tf.div(tf.relu(tf.sub(at, after)), every));
    return tf.add(tf.mul(begun, times), round);
  }, step);

/** Whether a stage is taken in a step. */
export const isDue = (paces: readonly Pace[], step: number): boolean => {
  let at = step;
  for (const pace of paces) {
    if (!isDueAt(pace, at)) return false;
    at = ownOf(pace, at);
  }
  return true;
};

/** Whether a stage is taken in every step. */
export const isSteady = (paces: readonly Pace[]): boolean =>
  paces.every(({ every, after }) => every === 1 && after === 0);
