/** The command line of the cone example. */
import type { Command } from 'commander';
import * as t from 'io-ts';
import { type Asked, commandOf, readOptions as read } from '../command-line/read-options.js';
import { RunOptions, withRunOptions } from '../command-line/run-options.js';
import { MOST, whole } from '../command-line/whole.js';

const Options = t.intersection([
  RunOptions,
  t.strict({
    steps: whole(1, 1_000_000),
    copies: whole(1, 4096),
    samples: whole(1000, 100_000_000),
    seed: whole(0, MOST),
  }),
]);

export type Options = t.TypeOf<typeof Options>;

const command = (): Command =>
  withRunOptions(
    commandOf(
      'npm run example cone --',
      'Fits a ring-shaped posterior with four bounds, the last by an objective of its own, and compares ' +
        'them with published values and the exact evidence.',
    )
      .option('--steps <n>', 'training steps of each bound', '4000')
      .option('--copies <n>', 'independent estimates that a step averages', '32')
      .option('--samples <n>', 'independent estimates in each value that is reported', '200000')
      .option('--seed <n>', 'seed of all randomness', '0'),
    'out/cone',
  );

/** Decodes a command line. Help is printed here; everything else is the caller's to say. */
export const readOptions = (argv: readonly string[]): Asked<Options> =>
  read(command(), Options, argv);
