/** What is told while training. */
import { stepsPerEpoch } from '../dataset.js';
import type { PhaseLosses } from '../stepper.js';
import type { SviState } from '../svi.js';
import type { Walk } from './walk.js';

/** How training stands, after some steps. */
export interface Progress {
  readonly step: number;
  readonly steps: number;
  /** Epochs begun, from 1. */
  readonly epoch: number;
  /** Mean loss of the steps since the last report, nats. */
  readonly loss: number;
  /** The same of each phase by name; nothing where there is but one. */
  readonly phases: Readonly<Record<string, number>>;
  /** Mean number of elements in their batches; an epoch's last batch may be short. */
  readonly elements: number;
  /** Steps a second since training began. */
  readonly rate: number;
  readonly secondsLeft: number;
  /** A copy of the state at the last step taken; it is the caller's. */
  readonly state: () => SviState;
}

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

/** Makes the reports of a run: each is given the losses since the last. */
export const reporter = (
  walk: Pick<Walk, 'at' | 'state'>,
  steps: number,
  size: number,
  batchSize: number,
): ((losses: readonly number[], phases: PhaseLosses) => Progress) => {
  const first = walk.at();
  const began = performance.now();
  const perEpoch = stepsPerEpoch(size, batchSize);
  const elementsOf = (step: number): number =>
    Math.min(batchSize, size - (step % perEpoch) * batchSize);
  return (losses, phases) => {
    const step = walk.at();
    const rate = ((step - first) * 1000) / (performance.now() - began);
    return {
      step,
      steps,
      epoch: Math.ceil(step / perEpoch),
      loss: mean(losses),
      phases: Object.fromEntries(Object.entries(phases).map(([name, xs]) => [name, mean(xs)])),
      elements: mean(losses.map((_, i) => elementsOf(step - losses.length + i))),
      rate,
      secondsLeft: (steps - step) / rate,
      state: walk.state,
    };
  };
};
