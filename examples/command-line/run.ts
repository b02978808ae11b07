import type { Asked } from './read-options.js';
import { Refusal } from './refusal.js';

/** Runs what was asked for. The exit code is that of `job`, or 2 for a user's mistake. */
export const run = async <O>(
  asked: Asked<O>,
  job: (options: O) => Promise<number>,
): Promise<void> => {
  switch (asked.tag) {
    case 'shown':
      break;
    case 'bad':
      console.error(asked.message);
      process.exitCode = 2;
      break;
    case 'run':
      try {
        process.exitCode = await job(asked.options);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        console.error(error.message);
        process.exitCode = 2;
      }
  }
};
