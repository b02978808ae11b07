/** Importance weights at work: the evidence that K = 1, 5 and 50 draws lead to, in the same steps. */
import { freeState, key } from 'marginalia';
import { evaluator } from 'marginalia/inference';
import { binarised, binarisedOnce, loadDigits, pixelsOf, someImages } from '../data/index.js';
import { heldOutEvidence, meanOf } from '../gallery/held-out.js';
import { type Example, type Setting, type Shown, atLeast } from '../gallery/index.js';
import { type Point, lineChart } from '../pictures/index.js';
import { type Sizes, type Weighing, importanceWeightedAutoencoder } from './model.js';
import { type StaticResult, TO_BEAT, staticResult } from './static.js';

/** −log p(x) of MNIST after 3280 epochs by 5000 draws, nats (Burda et al. 2016, table 1, one stochastic layer). */
const PUBLISHED = new Map([
  [1, 86.76],
  [5, 85.54],
  [50, 84.78],
]);

const WEIGHINGS: readonly Weighing[] = [
  { particles: 1, gradient: 'pathwise' },
  { particles: 5, gradient: 'pathwise' },
  { particles: 5, gradient: 'doublyReparameterised' },
  { particles: 50, gradient: 'pathwise' },
  { particles: 50, gradient: 'doublyReparameterised' },
];

const settingsOf = ({ quick, data }: Setting) => {
  if (quick) {
    const sizes = { latent: 10, hidden: 50, steps: 1000, batchSize: 10 };
    return { ...sizes, counts: { train: 2000, test: 100 }, watched: 50, samples: 200 };
  }
  const sizes = { latent: 50, hidden: 200, batchSize: 100 };
  return data === undefined
    ? { ...sizes, steps: 1600, counts: {}, watched: 200, samples: 500 }
    : { ...sizes, steps: 4000, counts: {}, watched: 500, samples: 1000 };
};

/** Of the autoencoder of pixels that are drawn once. */
const STATIC_STEPS = 50_000;

interface Row extends Weighing {
  /** −log p(x), nats per held-out image. */
  readonly negative: number;
  readonly cpuSeconds: number;
  /** The same of some of them by fewer draws, as training went on. */
  readonly curve: readonly Point[];
}

const nameOf = ({ particles, gradient }: Weighing): string =>
  particles === 1
    ? 'K = 1, the ELBO'
    : `K = ${particles}${gradient === 'pathwise' ? '' : ', doubly reparameterised'}`;

const run = async (setting: Setting): Promise<Shown> => {
  const { counts, latent, hidden, steps, batchSize, watched: some, samples } = settingsOf(setting);
  const { train, test: grey, source } = await loadDigits(setting.data, setting.key, counts);
  const test = binarisedOnce(grey, key(0));
  const sizes: Sizes = { pixels: pixelsOf(test), latent, hidden };
  const few = someImages(test, some);
  const fixed = setting.data === undefined ? undefined : await staticResult(setting, STATIC_STEPS);
  const rows: Row[] = [];
  for (const weighing of WEIGHINGS) {
    const svi = importanceWeightedAutoencoder(sizes, weighing, steps);
    const evaluation = evaluator(svi, setting.engine);
    const { state, watched, cpuSeconds } = await setting.fitWithCurves({
      name: `K ${weighing.particles} ${weighing.gradient}`,
      svi,
      data: binarised(train),
      batchSize,
      steps,
      watch: {
        every: Math.ceil(steps / 10),
        measure: async (at) =>
          -meanOf(await heldOutEvidence(evaluation, at, few, setting.capped(100), key(1))),
      },
    });
    const found = await heldOutEvidence(evaluation, state, test, setting.capped(samples), key(2));
    await evaluation.close();
    freeState(state);
    rows.push({
      ...weighing,
      negative: -meanOf(found),
      cpuSeconds,
      curve: watched.map((p) => [p.cpuSeconds, p.value]),
    });
    setting.say(
      `${nameOf(weighing)}: −log p(x) ${(-meanOf(found)).toFixed(2)} nats, ${cpuSeconds.toFixed(0)} s.`,
    );
  }
  const epochs = (steps * batchSize) / train.count;
  return shown(rows, fixed, { source, epochs, steps, batchSize, samples });
};

const shown = async (
  rows: readonly Row[],
  fixed: StaticResult | undefined,
  {
    source,
    ...budget
  }: {
    readonly source: string;
    readonly epochs: number;
    readonly steps: number;
    readonly batchSize: number;
    readonly samples: number;
  },
): Promise<Shown> => {
  // What was published is of MNIST.
  const published = source === 'MNIST' ? [...PUBLISHED] : [];
  const at = (particles: number, gradient: Weighing['gradient']): number =>
    rows.find((row) => row.particles === particles && row.gradient === gradient)?.negative ??
    Number.NaN;
  const [one, five, fifty] = [at(1, 'pathwise'), at(5, 'pathwise'), at(50, 'pathwise')];
  // With one draw both are the ELBO's.
  const by = (gradient: Weighing['gradient']): readonly Point[] =>
    rows
      .filter((row) => row.particles === 1 || row.gradient === gradient)
      .map((row) => [row.particles, row.negative]);
  return {
    headline:
      `−log p(x) after ${budget.epochs.toPrecision(2)} epochs for all: ${one.toFixed(2)} with K = 1, ${five.toFixed(2)} ` +
      `with 5 and ${fifty.toFixed(2)} with 50, nats per image; doubly reparameterised ` +
      `${at(5, 'doublyReparameterised').toFixed(2)} and ${at(50, 'doublyReparameterised').toFixed(2)}. ` +
      (published.length === 0
        ? ''
        : `Published after 3280 epochs: ${published.map(([, nats]) => nats.toFixed(2)).join(', ')}. `) +
      (fixed === undefined
        ? ''
        : `With pixels drawn once, 128 latents and two layers of 256, K = 1 has an ELBO of ${fixed.bound.toFixed(2)} and ` +
          `log p(x) of ${fixed.evidence.toFixed(2)} after ${fixed.steps} steps; published, after 65,000: −103.31 and −97.10.`),
    figures: {
      data: source,
      unit: 'nats per image',
      budget,
      ...(fixed && { staticBinarisation: fixed }),
      table: rows.map(({ particles, gradient, negative, cpuSeconds }) => ({
        particles,
        gradient,
        negativeLogEvidence: negative,
        ...(published.length > 0 && { published: PUBLISHED.get(particles) }),
        cpuSeconds,
      })),
    },
    checks: [
      ...(fixed === undefined
        ? []
        : [
            atLeast('ELBO, pixels drawn once, nats', fixed.bound, TO_BEAT.bound),
            atLeast('log p(x), pixels drawn once, nats', fixed.evidence, TO_BEAT.evidence),
          ]),
      atLeast('gain of 50 draws over 1, nats', one - fifty, 0),
      atLeast(
        'gain of 50 draws over 1, doubly reparameterised, nats',
        one - at(50, 'doublyReparameterised'),
        0,
      ),
    ],
    pictures: {
      'table.svg': await lineChart({
        title: '−log p(x) by the draws that are weighed',
        subtitle: `${source}; ${budget.steps} steps of ${budget.batchSize} for all; estimated by ${budget.samples} draws`,
        x: { title: 'K, draws for each image', log: true, ticks: [1, 5, 50] },
        y: { title: '−log p(x), nats per held-out image' },
        lines: [
          { name: 'importance-weighted', points: by('pathwise'), dots: true },
          { name: 'doubly reparameterised', points: by('doublyReparameterised'), dots: true },
          ...(published.length === 0
            ? []
            : [{ name: 'published, 3280 epochs', points: published, dots: true }]),
        ],
      }),
      'time.svg': await lineChart({
        title: 'The evidence against time',
        subtitle: `${source}; ${budget.steps} steps of ${budget.batchSize} each`,
        x: { title: 'seconds of processor time in training', log: true },
        y: { title: '−log p(x), nats per held-out image' },
        lines: rows.map((row) => ({ name: nameOf(row), points: row.curve, dots: true })),
        // Those of fewer draws lie so near that their names would lie on each other.
        levels: published.slice(-1).map(([k, nats]) => ({ name: `published, K = ${k}`, y: nats })),
      }),
    },
  };
};

export const example: Example = {
  name: 'iwae',
  sentence:
    'The importance-weighted autoencoder: codes weighed against each other, and the better gradient.',
  equations: [
    '\\log p(x) \\ge \\mathbb{E}_{z_{1 \\dots K} \\sim q(z \\mid x)}\\!\\left[\\log \\frac{1}{K} \\sum_{k=1}^{K} w_k\\right], \\quad w_k = \\frac{p(x, z_k)}{q(z_k \\mid x)}',
    '\\nabla_\\phi = \\mathbb{E}\\!\\left[\\sum_k \\tilde w_k^2 \\, \\frac{\\partial \\log w_k}{\\partial z_k} \\frac{\\partial z_k}{\\partial \\phi}\\right], \\quad \\tilde w_k = \\frac{w_k}{\\sum_j w_j}',
  ],
  run,
};
