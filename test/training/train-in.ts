/** Training to the end in either engine, for tests whose answer is known. */
import { expect } from 'vitest';
import {
  type Objective,
  type Program,
  type Svi,
  type SviState,
  adam,
  cosineDecay,
  freeState,
  key,
  svi,
} from 'marginalia';
import type { Params } from 'marginalia/inference';
import { compiledStepper } from '../../src/inference/compiled/compiled-stepper.js';
import { eagerStepper } from '../../src/inference/stepper.js';
import { right } from '../either.js';

export type TrainingEngine = 'eager' | 'compiled';

export interface TrainedPrograms {
  readonly model: Program<unknown, unknown>;
  readonly guide: Program<unknown, unknown>;
}

export interface TrainingPlan {
  readonly steps: number;
  /** Of Adam; it falls to 0. */
  readonly rate: number;
  /** Adam's memory of squared gradients. */
  readonly b2?: number;
}

/** The state after training; it is the caller's. */
export const trainIn = async (
  engine: TrainingEngine,
  { model, guide }: TrainedPrograms,
  objective: Objective,
  { steps, rate, b2 = 0.99 }: TrainingPlan,
): Promise<SviState> => {
  const made: Svi<Params> = svi({
    model: () => model,
    guide: () => guide,
    objective,
    optimizer: adam(cosineDecay(rate, steps), { b2 }),
  });
  const first = made.init(key(0), {});
  const stepper =
    engine === 'eager'
      ? eagerStepper(made, first)
      : right(await compiledStepper(made, first, {}, { executor: 'javascript' }));
  expect(right(await stepper.advance({}, steps))).toHaveLength(steps);
  const state = stepper.state();
  await stepper.close();
  freeState(first);
  return state;
};
