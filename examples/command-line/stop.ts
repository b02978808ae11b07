/**
 * Signals that ask training to stop: SIGINT, SIGTERM and SIGHUP all save. Outside of training they are
 * the system's, and end the process at once: all that was trained is saved by then.
 */
import { constants } from 'node:os';

/** Training was stopped by a signal; the message says where, and how to go on. */
export class Stopped extends Error {
  /** The exit code: 128 and the signal's number. */
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.name = 'Stopped';
    this.code = code;
  }
}

/** Whether training is asked to stop. */
export interface Stop {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** What the run ends with where it was stopped: at a step of `what`, before the first of which nothing was saved. */
  readonly stopped: (step: number, what?: string) => Stopped;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Trains while signals are listened to: the first asks to stop, the second ends the process at once. */
export const untilStopped = async <A>(train: (stop: Stop) => Promise<A>): Promise<A> => {
  const cancel = new AbortController();
  let by: (typeof SIGNALS)[number] = 'SIGINT';
  const code = (): number => 128 + constants.signals[by];
  // Kept after the first: two may have come while a step was running, before either is told of.
  const listener = (name: NodeJS.Signals): void => {
    if (cancel.signal.aborted) process.exit(code());
    by = SIGNALS.find((one) => one === name) ?? by;
    cancel.abort();
  };
  for (const name of SIGNALS) process.on(name, listener);
  try {
    return await train({
      signal: cancel.signal,
      stopped: (step, what = '') => {
        const at = step === 0 ? 'before the first step' : `at step ${step}`;
        const next = step === 0 ? 'there is nothing to resume' : 'go on with --resume';
        return new Stopped(`Stopped ${at}${what}; ${next}.`, code());
      },
    });
  } finally {
    for (const name of SIGNALS) process.off(name, listener);
  }
};
