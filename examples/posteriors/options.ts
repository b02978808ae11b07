/** The command line of the posteriors example. */
import type { Command } from 'commander';
import * as t from 'io-ts';
import { type Asked, commandOf, readOptions as read } from '../command-line/read-options.js';
import { RunOptions, withRunOptions } from '../command-line/run-options.js';
import { MOST, whole } from '../command-line/whole.js';

const Options = t.intersection([
  RunOptions,
  t.strict({ draws: whole(1000, 10_000_000), seed: whole(0, MOST) }),
  t.partial({ data: t.string, steps: whole(1, 1_000_000) }),
]);

export type Options = t.TypeOf<typeof Options>;

const command = (): Command =>
  withRunOptions(
    commandOf(
      'npm run example posteriors --',
      'Fits guides to posteriors whose moments are known from long runs of a sampler, and judges every ' +
        'parameter. Without --data it fits eight schools, which it knows by heart.',
    )
      .option('--data <dir>', 'folder with reference.json and the data sets of posteriordb')
      .option('--draws <n>', 'draws of a guide that its moments are taken from', '10000')
      .option('--steps <n>', 'training steps of every fit, instead of as many as each needs')
      .option('--seed <n>', 'seed of all randomness', '0'),
    'out/posteriors',
  );

/** Decodes a command line. Help is printed here; everything else is the caller's to say. */
export const readOptions = (argv: readonly string[]): Asked<Options> =>
  read(command(), Options, argv);
