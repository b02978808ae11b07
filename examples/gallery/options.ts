/** The command line that all examples of the gallery have. */
import type { Command } from 'commander';
import * as t from 'io-ts';
import { type Asked, commandOf, readOptions as read } from '../command-line/read-options.js';
import { RunOptions, withRunOptions } from '../command-line/run-options.js';
import { MOST, whole } from '../command-line/whole.js';
import type { Example } from './example.js';

const Options = t.intersection([
  RunOptions,
  t.strict({ quick: t.boolean, seed: whole(0, MOST) }),
  t.partial({ data: t.string, steps: whole(1, 1_000_000_000) }),
]);

export type Options = t.TypeOf<typeof Options>;

/** The options of an example, or of all. */
export const commandFor = ({ name, sentence }: Pick<Example, 'name' | 'sentence'>): Command =>
  withRunOptions(
    commandOf(`npm run example ${name} --`, sentence)
      .option('--quick', 'fewer data, smaller networks, fewer steps: some 20 s on two cores', false)
      .option('--data <dir>', 'read data from this folder, and draw none')
      .option('--seed <n>', 'seed of all randomness', '0')
      .option(
        '--steps <n>',
        'steps of each fit at most; checks are then told and not held against it',
      ),
    name === 'all' ? 'out' : `out/${name}`,
  );

/** Decodes a command line. Help is printed here; everything else is the caller's to say. */
export const readOptions = (
  example: Pick<Example, 'name' | 'sentence'>,
  argv: readonly string[],
): Asked<Options> => read(commandFor(example), Options, argv);
