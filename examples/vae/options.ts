/** The command line of the main job, decoded and checked. */
import { type Command, Option } from 'commander';
import * as t from 'io-ts';
import { backends } from 'marginalia/backends';
import { type Asked, commandOf, readOptions as read } from '../command-line/read-options.js';
import { RunOptions, withRunOptions } from '../command-line/run-options.js';
import { MOST, whole } from '../command-line/whole.js';

const Posterior = t.keyof({ diagonal: null, full: null }, 'diagonal or full');
const Backend = t.keyof(
  { best: null, 'tfjs-node-gpu': null, 'tfjs-node': null, wasm: null, cpu: null },
  `one of best, ${backends.join(', ')}`,
);

const Options = t.intersection([
  RunOptions,
  t.strict({
    latent: whole(1, 512),
    hidden: whole(1, 16384),
    epochs: whole(1, 100_000),
    batch: whole(1, 60_000),
    particles: whole(1, 1024),
    seed: whole(0, MOST),
    posterior: Posterior,
    backend: Backend,
    evidenceSamples: whole(1, 1_000_000),
  }),
  t.partial({ data: t.string }),
]);

export type Options = t.TypeOf<typeof Options>;

const command = (): Command =>
  withRunOptions(
    commandOf(
      'npm start --',
      'Trains a variational autoencoder on 28x28 digits and writes its pictures, metrics and a ' +
        'checkpoint. Without --data it draws its own digits.',
    )
      .option(
        '--data <dir>',
        'read IDX files, plain or gzipped, from this folder: train-images-idx3-ubyte and t10k- or test-images-idx3-ubyte',
      )
      .option('--latent <n>', 'dimensions of the code z', '2')
      .option('--hidden <n>', 'units in the hidden layer of encoder and decoder', '256')
      .option('--epochs <n>', 'passes over the training images', '24')
      .option('--batch <n>', 'images in a training step', '64')
      .option('--particles <n>', 'draws of z for each image in a step', '1')
      .option('--seed <n>', 'seed of all randomness: digits, initial weights, order, noise', '0')
      .addOption(
        new Option('--posterior <kind>', 'covariance of q(z | x): diagonal or full').default(
          'diagonal',
        ),
      )
      .option(
        '--evidence-samples <n>',
        'draws of z for each test image in the estimate of log p(x)',
        '128',
      )
      .addOption(
        new Option(
          '--backend <name>',
          `TensorFlow.js engine: best, ${backends.join(', ')}`,
        ).default('best'),
      ),
    'out/vae',
  );

/** Decodes a command line. Help is printed here; everything else is the caller's to say. */
export const readOptions = (argv: readonly string[]): Asked<Options> =>
  read(command(), Options, argv);
