/** The command line of the example of principal components. */
import type { Command } from 'commander';
import * as t from 'io-ts';
import { type Asked, commandOf, readOptions as read } from '../command-line/read-options.js';
import { RunOptions, withRunOptions } from '../command-line/run-options.js';
import { MOST, whole } from '../command-line/whole.js';

const Options = t.intersection([
  RunOptions,
  t.strict({
    latent: whole(1, 63),
    steps: whole(1, 1_000_000),
    batch: whole(1, 60_000),
    samples: whole(2, 1_000_000),
    seed: whole(0, MOST),
  }),
  t.partial({ data: t.string }),
]);

export type Options = t.TypeOf<typeof Options>;

const command = (): Command =>
  withRunOptions(
    commandOf(
      'npm run example ppca --',
      'Fits probabilistic principal components with a linear guide and brackets the log evidence of ' +
        'all data, which is known exactly. Without --data it draws its own.',
    )
      .option('--data <dir>', 'read the 8x8 digits of digits.csv.gz in this folder')
      .option('--latent <n>', 'principal components', '3')
      .option('--steps <n>', 'training steps', '3000')
      .option('--batch <n>', 'data in a step', '128')
      .option('--samples <n>', 'draws of the guide in the bracket', '400')
      .option('--seed <n>', 'seed of all randomness', '0'),
    'out/ppca',
  );

/** Decodes a command line. Help is printed here; everything else is the caller's to say. */
export const readOptions = (argv: readonly string[]): Asked<Options> =>
  read(command(), Options, argv);
