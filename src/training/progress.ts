/** What is told while training. */
import { batchSizeAt, stepsPerEpoch } from '../data/batches.js';
import type { Losses, PhaseLosses } from '../inference/stepper.js';
import type { HeldOutLoss, SviState } from '../inference/svi-state.js';
import type { Walk } from './walk.js';

/** How training stands, after some steps. */
export interface Progress<P extends string = string> {
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
  /** The last held-out loss, where one was taken. */
  readonly heldOut?: HeldOutLoss;
  /** A copy of the state at the last step taken; it is the caller's. */
  readonly state: () => SviState<P>;
}

/** Makes the reports of a run, each of the losses since the last. */
export interface Reporter {
  /** Takes in losses of the steps up to here. */
  readonly add: (losses: Losses, phases: PhaseLosses) => void;
  /** Of how many steps there are losses that were not told. */
  readonly untold: () => number;
  readonly report: () => Progress;
}

/** A sum in double precision, and of how many numbers. */
interface Mean {
  count: number;
  sum: number;
}

const include = (mean: Mean, xs: Losses): void => {
  for (let i = 0; i < xs.length; i += 1) mean.sum += xs[i] ?? Number.NaN;
  mean.count += xs.length;
};

const valueOf = ({ sum, count }: Mean): number => sum / count;

/** The reporter of a run over `size` elements in batches. */
export const reporter = (
  walk: Pick<Walk, 'at' | 'state'>,
  steps: number,
  size: number,
  batchSize: number,
): Reporter => {
  const first = walk.at();
  const began = performance.now();
  const perEpoch = stepsPerEpoch(size, batchSize);
  let all: Mean = { count: 0, sum: 0 };
  let byPhase = new Map<string, Mean>();
  return {
    add: (losses, phases) => {
      include(all, losses);
      for (const [name, own] of Object.entries(phases)) {
        const mean = byPhase.get(name) ?? { count: 0, sum: 0 };
        include(mean, own);
        byPhase.set(name, mean);
      }
    },
    untold: () => all.count,
    report: () => {
      const step = walk.at();
      const rate = ((step - first) * 1000) / (performance.now() - began);
      const [told, toldOf] = [all, byPhase];
      all = { count: 0, sum: 0 };
      byPhase = new Map();
      const elements: Mean = { count: 0, sum: 0 };
      include(
        elements,
        Array.from({ length: told.count }, (_, i) =>
          batchSizeAt(size, batchSize, step - told.count + i),
        ),
      );
      return {
        step,
        steps,
        epoch: Math.ceil(step / perEpoch),
        loss: valueOf(told),
        phases: Object.fromEntries([...toldOf].map(([name, mean]) => [name, valueOf(mean)])),
        elements: valueOf(elements),
        rate,
        secondsLeft: (steps - step) / rate,
        state: walk.state,
      };
    },
  };
};
