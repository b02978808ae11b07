import type { Asked } from './read-options.js';
import { Refusal } from './refusal.js';
import { Stopped } from './stop.js';

/** Output that nobody reads any more, as after `| head` or a closed terminal, ends no training. */
const outliveReaders = (): void => {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
};

/** Whether a user asked for what cannot be had: a refusal of ours, or the engine's for want of memory. */
const isRefusal = (error: unknown): error is Error =>
  error instanceof Refusal || (error instanceof Error && error.name === 'MemoryError');

/**
 * Runs what was asked for. The exit code is that of `job`, 2 for a user's mistake, or 128 and the
 * signal's number where a signal stopped it.
 */
export const run = async <O>(
  asked: Asked<O>,
  job: (options: O) => Promise<number>,
): Promise<void> => {
  switch (asked._tag) {
    case 'shown':
      break;
    case 'bad':
      console.error(asked.message);
      process.exitCode = 2;
      break;
    case 'run':
      outliveReaders();
      try {
        process.exitCode = await job(asked.options);
      } catch (error) {
        if (error instanceof Stopped) console.log(error.message);
        else if (isRefusal(error)) console.error(error.message);
        else throw error;
        process.exitCode = error instanceof Stopped ? error.code : 2;
      }
  }
};
