/** What an example is given where a test calls it. */
import type { RunOptions } from '../../examples/command-line/run-options.js';

export const runOptions = (out: string): RunOptions => ({
  out,
  resume: false,
  overwrite: false,
  checkpointEvery: 1,
  engine: 'auto',
  executor: 'auto',
});
