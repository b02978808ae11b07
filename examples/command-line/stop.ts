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

/** What training leaves, whether it came to its end or not. */
export interface Trained<A> {
  readonly value: A;
  /** The step that it is at; before the first nothing was saved. */
  readonly step: number;
  readonly finished: boolean;
  /** What the step is one of, for the message: `' of 2000 of ring'`. */
  readonly of?: string;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const immediate = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets a signal be told of that came while the last work was done: the event loop asks once a turn. */
const wholeTurn = async (): Promise<void> => {
  await immediate();
  await immediate();
};

/**
 * Trains while signals are listened to: the first asks to stop, the second ends the process at once. One
 * that comes as training ends stops the run as well.
 */
export const untilStopped = async <A>(
  train: (signal: AbortSignal) => Promise<Trained<A>>,
): Promise<A> => {
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
    const { value, step, finished, of = '' } = await train(cancel.signal);
    await wholeTurn();
    if (finished && !cancel.signal.aborted) return value;
    const at = step === 0 ? 'before the first step' : `at step ${step}`;
    const next = step === 0 ? 'there is nothing to resume' : 'go on with --resume';
    throw new Stopped(`Stopped ${at}${of}; ${next}.`, code());
  } finally {
    for (const name of SIGNALS) process.off(name, listener);
  }
};
