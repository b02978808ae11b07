/**
 * Where training spends its time: `npm run bench:profile`. Trains the autoencoder with the engine's profiler
 * on, once everything is compiled, and prints its functions by the time spent in each.
 */
import { Session } from 'node:inspector/promises';
import { Command } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import * as tf from '@tensorflow/tfjs';
import { freeState, key, useBackend } from 'marginalia';
import { showBackendError } from 'marginalia/backends';
import { saveFile, showFileError } from 'marginalia/checkpoints';
import { recordStep } from '../../src/inference/compiled/step-graphs.js';
import { fitMnist } from '../catalogue.js';
import { fitInference, fitTraining, someImages } from '../cases/fit.js';
import { count } from '../count.js';
import { table } from '../report.js';
import { profileOperators } from './operators.js';
import { selfTimes } from './self-times.js';

const IMAGES = 12_800;

/** Steps before the profiler begins, in which what runs is compiled. */
const WARM = 300;

/** Runs of the gradients alone, for the runtime's own profile. */
const RUNS = 300;

/** Microseconds between two samples. */
const INTERVAL = 250;

const command = new Command('npm run bench:profile --')
  .description(
    'Profiles training of the autoencoder, and prints functions by the time spent in each.',
  )
  .option('--steps <n>', 'steps that are profiled', count, 2000)
  .option('--top <n>', 'functions that are printed', count, 25)
  .option(
    '--out <file>',
    'where the profile is written, for Chrome or an editor to open',
    'out/training.cpuprofile',
  )
  .allowExcessArguments(false)
  .parse();
const asked = t.strict({ steps: t.number, top: t.number, out: t.string }).decode(command.opts());
if (E.isLeft(asked)) throw new Error('expected other options');
const { steps, top, out } = asked.right;

const backend = await useBackend('wasm')();
if (E.isLeft(backend)) throw new Error(showBackendError(backend.left));
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
const stream = fitTraining(fitMnist, someImages(IMAGES), {
  length: { steps: WARM + steps },
  reportEvery: WARM,
  onEngine: (note) => console.log(`${note}\n`),
});
await stream.next();
await session.post('Profiler.start');
const began = performance.now();
for await (const _ of stream);
const ms = performance.now() - began;
const { profile } = await session.post('Profiler.stop');

const times = selfTimes(profile);
console.log(
  table([
    ['', 'a step', 'share', 'at'],
    ...times
      .slice(0, top)
      .map((one) => [
        one.name,
        `${((1000 * one.ms) / steps).toFixed(1)} µs`,
        `${((100 * one.ms) / ms).toFixed(1)} %`,
        one.at,
      ]),
  ]),
);
console.log(`\na step: ${(ms / steps).toFixed(2)} ms\n`);

const inference = fitInference(fitMnist);
const example = tf.zeros([fitMnist.batch, fitMnist.pixels]);
const state = inference.init(key(0), example);
const [phase] = recordStep(inference, state, example).phases;
freeState(state);
example.dispose();
const operators = phase === undefined ? [] : await profileOperators(phase.gradients, RUNS);
const whole = operators.reduce((sum, one) => sum + one.ms, 0);
console.log(
  table([
    ['gradients in ONNX Runtime', 'nodes', 'a run', 'share'],
    ...operators.map(({ operator, nodes, ms: own }) => [
      operator,
      nodes.toFixed(0),
      `${(1000 * own).toFixed(1)} µs`,
      `${((100 * own) / whole).toFixed(1)} %`,
    ]),
  ]),
);
const saved = await saveFile(out, JSON.stringify(profile))();
console.log(E.isLeft(saved) ? showFileError(saved.left) : `wrote ${out}`);
process.exit(E.isLeft(saved) ? 1 : 0);
