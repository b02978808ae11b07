/**
 * Long runs: `npm run bench:endurance`. 20,000 steps of the autoencoder leave garbage in under 1 % of the
 * time and memory flat, and 200 sessions that are opened and closed leave nothing.
 */
import { Command } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { freeState, useBackend } from 'marginalia';
import { showBackendError } from 'marginalia/backends';
import { compiledStepper } from '../../src/inference/compiled/compiled-stepper.js';
import { fitMnist, stepCaseNamed } from '../catalogue.js';
import { fitTraining, someImages } from '../cases/fit.js';
import { watchCollections } from '../collections.js';
import { count } from '../count.js';
import { firstState, tensorsOf } from '../problem.js';
import { table } from '../report.js';
import { studyOf } from '../cases/study-of.js';
import { type Held, watchMemory } from './memory.js';
import { complaints } from './verdict.js';

/** Images that are trained on; more would only take more memory. */
const IMAGES = 12_800;

/** Into how many parts a run is divided, after each of which is looked. */
const PARTS = 10;

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

interface Trained {
  readonly collection: number;
  readonly held: readonly Held[];
}

const train = async (steps: number, look: () => Held): Promise<Trained> => {
  const every = Math.max(1, Math.floor(steps / PARTS));
  const stream = fitTraining(fitMnist, someImages(IMAGES), {
    // The first part is not looked at: it compiles, and the engine optimises what it runs.
    length: { steps: every * (PARTS + 1) },
    reportEvery: every,
    onEngine: (note) => console.log(note),
  });
  const collected = watchCollections();
  const held: Held[] = [];
  const rowsShown: string[][] = [['steps', 'a second', 'garbage', 'resident']];
  let [ms, garbage, before, since] = [0, 0, performance.now(), 0];
  for await (const { step } of stream) {
    // Reports come at the ends of epochs as well.
    if (step - since < every) continue;
    const now = performance.now();
    const spent = await collected();
    if (since > 0) {
      ms += now - before;
      garbage += spent;
      const found = look();
      held.push(found);
      rowsShown.push([
        String(step),
        ((1000 * (step - since)) / (now - before)).toFixed(0),
        `${((100 * spent) / (now - before)).toFixed(2)} %`,
        mebibytes(found.bytes),
      ]);
    }
    // What was collected to look at memory is not the run's.
    await collected();
    [before, since] = [performance.now(), step];
  }
  console.log(`${table(rowsShown)}\n`);
  return { collection: garbage / ms, held };
};

const openAndClose = async (): Promise<void> => {
  const study = studyOf(stepCaseNamed('alternating'));
  const [data = {}] = study.batches();
  const batch = tensorsOf(data);
  const first = firstState(study, batch);
  const made = await compiledStepper(study.inference, first, batch, { executor: 'onnxruntime' });
  if (E.isLeft(made)) throw new Error(made.left);
  await made.right.advance(batch, 1);
  await made.right.close();
  freeState(first);
  for (const x of Object.values(batch)) x.dispose();
};

const sessions = async (many: number, look: () => Held): Promise<readonly Held[]> => {
  const every = Math.max(1, Math.floor(many / PARTS));
  const held: Held[] = [];
  for (let i = 0; i < many; i += 1) {
    await openAndClose();
    if ((i + 1) % every === 0) held.push(look());
  }
  const rows = held.map(({ bytes, threads, tensors }, i) => [
    String((i + 1) * every),
    mebibytes(bytes),
    String(threads ?? ''),
    String(tensors),
  ]);
  console.log(`${table([['sessions', 'resident', 'threads', 'tensors'], ...rows])}\n`);
  return held;
};

const command = new Command('npm run bench:endurance --')
  .description('Trains long, and opens and closes many sessions: says what garbage and memory do.')
  .option('--steps <n>', 'steps of the autoencoder', count, 20_000)
  .option('--sessions <n>', 'sessions', count, 200)
  .allowExcessArguments(false)
  .parse();
const asked = t.strict({ steps: t.number, sessions: t.number }).decode(command.opts());
if (E.isLeft(asked)) throw new Error('expected other options');

const backend = await useBackend('wasm')();
if (E.isLeft(backend)) throw new Error(showBackendError(backend.left));
const look = watchMemory();
const trained = await train(asked.right.steps, look);
const opened = await sessions(asked.right.sessions, look);
const [first, last] = [opened[0], opened.at(-1)];
console.log(`garbage: ${(100 * trained.collection).toFixed(2)} % of training`);
const found = complaints({
  collection: trained.collection,
  trained: trained.held.map(({ bytes }) => bytes),
  sessions: opened.map(({ bytes }) => bytes),
  threads: (last?.threads ?? 0) - (first?.threads ?? 0),
  tensors: (last?.tensors ?? 0) - (first?.tensors ?? 0),
});
found.forEach((complaint) => console.error(complaint));
process.exit(found.length === 0 ? 0 : 1);
