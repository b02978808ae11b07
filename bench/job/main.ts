/**
 * The main job beside the same loop in PyTorch: `npm run bench:job`. Whole runs by turns, each a process:
 * `npm start` as users run it, and PyTorch at the best of its settings.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Command } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { count } from '../count.js';
import { withImages } from '../contenders/image-files.js';
import { type Threading, pythonWithTorch, threadings, torchCommand } from '../contenders/python.js';
import { table } from '../report.js';

/** How a run ended: seconds of training, test bounds after each epoch among them, and the last bound. */
interface Ended {
  readonly seconds: number;
  readonly testElbo: number;
}

const Sizes = t.strict({ epochs: t.number, latent: t.number, hidden: t.number, batch: t.number });

type Sizes = t.TypeOf<typeof Sizes>;

const Said = t.type({ seconds: t.number, testElbo: t.union([t.number, t.null]) });
const Metrics = t.type({ trainSeconds: t.number, testElbo: t.number });

const decoded = <A>(codec: t.Type<A, unknown>, text: string): A => {
  const found = codec.decode(JSON.parse(text));
  if (E.isLeft(found)) throw new Error(`expected other figures than ${text.slice(0, 200)}`);
  return found.right;
};

const run = promisify(execFile);

const START = fileURLToPath(new URL('../../examples/vae/main.js', import.meta.url));

/** `npm start`, with its log evidence by few draws: that comes after training, and is not timed. */
const ours = async (folder: string, { epochs, latent, hidden, batch }: Sizes): Promise<Ended> => {
  const out = await mkdtemp(join(tmpdir(), 'marginalia-job-'));
  try {
    const given = { latent, hidden, batch, epochs, data: folder, 'evidence-samples': 8, out };
    const args = Object.entries(given).flatMap(([name, value]) => [`--${name}`, String(value)]);
    await run(process.execPath, [START, ...args], { maxBuffer: 2 ** 26 });
    const { trainSeconds, testElbo } = decoded(
      Metrics,
      await readFile(join(out, 'metrics.json'), 'utf8'),
    );
    return { seconds: trainSeconds, testElbo };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
};

const theirs = async (
  python: string,
  threading: Threading,
  folder: string,
  { epochs, latent, hidden, batch }: Sizes,
  steps?: number,
): Promise<Ended> => {
  const { program, args, env } = torchCommand(python, 'train.py', threading, [
    folder,
    ...[epochs, latent, hidden, batch, ...(steps === undefined ? [] : [steps])].map(String),
  ]);
  const { stdout } = await run(program, args, { env: { ...process.env, ...env } });
  const { seconds, testElbo } = decoded(Said, stdout);
  return { seconds, testElbo: testElbo ?? Number.NaN };
};

/** Steps by which settings are compared. */
const TRIAL = 100;

/** The fastest of PyTorch's settings, tried one after another. */
const bestThreading = async (python: string, folder: string, sizes: Sizes): Promise<Threading> => {
  const tried: { readonly threading: Threading; readonly seconds: number }[] = [];
  for (const threading of threadings()) {
    const { seconds } = await theirs(python, threading, folder, sizes, TRIAL);
    tried.push({ threading, seconds });
  }
  const [best] = tried.toSorted((a, b) => a.seconds - b.seconds);
  if (best === undefined) throw new Error('there is no setting to try');
  return best.threading;
};

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

const command = new Command('npm run bench:job --')
  .description(
    'Runs npm start and the same loop in PyTorch by turns, and compares seconds of training.',
  )
  .option('--data <dir>', 'IDX files such as those of MNIST; drawn digits where it is left out')
  .option('--epochs <n>', 'passes over the training images', count, 2)
  .option('--latent <n>', 'dimensions of the code', count, 20)
  .option('--hidden <n>', 'units in the hidden layers', count, 400)
  .option('--batch <n>', 'images in a step', count, 128)
  .option('--turns <n>', 'runs of each', count, 1)
  .allowExcessArguments(false)
  .parse();

const Given = t.intersection([Sizes, t.strict({ turns: t.number }), t.partial({ data: t.string })]);

const compare = async (
  python: string,
  folder: string,
  asked: t.TypeOf<typeof Given>,
): Promise<void> => {
  const threading = await bestThreading(python, folder, asked);
  const [mine, others]: [Ended[], Ended[]] = [[], []];
  for (let turn = 0; turn < asked.turns; turn += 1) {
    mine.push(await ours(folder, asked));
    others.push(await theirs(python, threading, folder, asked));
  }
  const row = (name: string, runs: readonly Ended[]): readonly string[] => [
    name,
    mean(runs.map(({ seconds }) => seconds)).toFixed(1),
    runs.map(({ seconds }) => seconds.toFixed(1)).join(' '),
    mean(runs.map(({ testElbo }) => testElbo)).toFixed(2),
  ];
  const ratio = mean(mine.map((r) => r.seconds)) / mean(others.map((r) => r.seconds));
  console.log(
    table([
      ['', 'seconds', 'each run', 'test ELBO'],
      row('npm start', mine),
      row(`PyTorch, set_num_threads(${threading.torch}), OpenBLAS ${threading.blas}`, others),
    ]),
  );
  console.log(`npm start / PyTorch: ${ratio.toFixed(2)}`);
};

const asked = Given.decode(command.opts());
if (E.isLeft(asked)) throw new Error('expected other options');
const python = pythonWithTorch();
if (E.isLeft(python)) {
  console.error(python.left);
  process.exitCode = 1;
} else {
  await withImages(asked.right.data, (folder) => compare(python.right, folder, asked.right));
}
