/** What an encoder costs: its bound against that of numbers of its own for each image, and the time of each. */
import * as tf from '@tensorflow/tfjs';
import { type SviState, type Tensor, freeState, key, rowsOf, trace } from 'marginalia';
import { evaluator } from 'marginalia/inference';
import {
  type Images,
  binarised,
  binarisedOnce,
  imageRows,
  imagesBetween,
  loadDigits,
  pixelsOf,
} from '../data/index.js';
import { type Example, type Setting, type Shown, atLeast, atMost } from '../gallery/index.js';
import { bars, lineChart } from '../pictures/index.js';
import { type Sizes, amortised, encoding, own } from './model.js';

const settingsOf = ({ quick, data }: Setting) =>
  quick
    ? {
        counts: { train: 3000, test: 200 },
        hidden: 100,
        steps: 2000,
        own: 400,
        some: 100,
        samples: 200,
      }
    : {
        counts: {},
        hidden: 200,
        steps: data === undefined ? 6000 : 20000,
        own: 1500,
        some: 400,
        samples: 2000,
      };

/** How the images of one set fare, nats per image. */
interface Gaps {
  readonly encoder: number;
  readonly own: number;
  readonly evidence: number;
  /** The bound of their own numbers as they are found. */
  readonly curve: readonly { readonly seconds: number; readonly bound: number }[];
  readonly seconds: number;
}

/** Seconds that the encoder takes for a code of each image, the best of a few. */
const secondsOfEncoder = (sizes: Sizes, { params, key: of }: SviState, x: Tensor): number =>
  Math.min(
    ...Array.from({ length: 5 }, () => {
      const began = performance.now();
      tf.tidy(() => trace(encoding(sizes)(x), { params, key: of }).sites.z.value.dataSync());
      return (performance.now() - began) / 1000;
    }),
  );

const run = async (setting: Setting): Promise<Shown> => {
  const { counts, hidden, steps, own: ownSteps, some, samples } = settingsOf(setting);
  const { train, test, source } = await loadDigits(setting.data, setting.key, counts);
  const sizes: Sizes = { pixels: pixelsOf(test), latent: 10, hidden };
  const svi = amortised(sizes);
  const state = await setting.fit({
    name: 'encoder',
    svi,
    data: binarised(train),
    batchSize: 100,
    steps,
  });
  const byEncoder = evaluator(svi, setting.engine);
  const decoder = Object.fromEntries(
    Object.entries(state.params).filter(([name]) => name.startsWith('decoder')),
  );

  const gapsOf = async (name: string, images: Images): Promise<Gaps> => {
    const x = imageRows(images);
    const each = { key: key(1), draws: setting.capped(20) };
    const encoder = (await byEncoder.bound(state, x, each)).bound / images.count;
    const ownSvi = own(sizes);
    const byOwn = evaluator(ownSvi, setting.engine);
    const boundOf = async (at: SviState): Promise<number> =>
      (await byOwn.bound(at, x, each)).bound / images.count;
    const {
      state: found,
      watched,
      seconds,
    } = await setting.fitWithCurves({
      name,
      svi: ownSvi,
      data: rowsOf(images.grey, [sizes.pixels]),
      batchSize: images.count,
      steps: ownSteps,
      given: decoder,
      watch: { every: Math.ceil(ownSteps / 40), measure: boundOf },
    });
    const bound = await boundOf(found);
    const { total } = await byOwn.evidence(found, x, {
      key: key(2),
      samples: setting.capped(samples),
      chunk: 10,
    });
    await byOwn.close();
    x.dispose();
    freeState(found);
    return {
      encoder,
      own: bound,
      evidence: total / images.count,
      curve: watched.map((p) => ({ seconds: p.seconds, bound: p.value })),
      seconds,
    };
  };

  const sets = {
    training: binarisedOnce(imagesBetween(train, 0, some), key(0)),
    'held-out': binarisedOnce(imagesBetween(test, 0, some), key(0)),
  };
  const trained = await gapsOf('own, training', sets.training);
  const heldOut = await gapsOf('own, held-out', sets['held-out']);
  const x = imageRows(sets['held-out']);
  const seconds = secondsOfEncoder(sizes, state, x);
  x.dispose();
  await byEncoder.close();
  freeState(state);
  return shown({ trained, heldOut, seconds, count: sets['held-out'].count, source });
};

const shown = async ({
  trained,
  heldOut,
  seconds,
  count,
  source,
}: {
  readonly trained: Gaps;
  readonly heldOut: Gaps;
  readonly seconds: number;
  readonly count: number;
  readonly source: string;
}): Promise<Shown> => {
  const amortisation = (gaps: Gaps): number => gaps.own - gaps.encoder;
  const approximation = (gaps: Gaps): number => gaps.evidence - gaps.own;
  const perImage = (s: number): string => `${((1000 * s) / count).toPrecision(2)} ms`;
  const figuresOf = (gaps: Gaps) => ({
    encoder: gaps.encoder,
    own: gaps.own,
    logEvidence: gaps.evidence,
    amortisationGap: amortisation(gaps),
    approximationGap: approximation(gaps),
  });
  // The first steps climb by hundreds of nats, and would leave no room for what follows.
  const late = heldOut.curve.filter(({ bound }) => bound > heldOut.encoder - 15);
  return {
    headline:
      `On held-out images the encoder loses ${amortisation(heldOut).toFixed(2)} nats per image against a normal of each ` +
      `image's own, which loses ${approximation(heldOut).toFixed(2)} of log p(x); it takes ${perImage(seconds)} for an image, ` +
      `its own numbers ${perImage(heldOut.seconds)}.`,
    figures: {
      data: source,
      unit: 'nats per image',
      heldOut: figuresOf(heldOut),
      training: figuresOf(trained),
      millisecondsPerImage: {
        encoder: (1000 * seconds) / count,
        own: (1000 * heldOut.seconds) / count,
      },
    },
    checks: [
      atLeast('amortisation gap of held-out images, nats', amortisation(heldOut), 0.1),
      atLeast('approximation gap of held-out images, nats', approximation(heldOut), 0),
      atMost(
        'amortisation gap of training images less that of held-out ones, nats',
        amortisation(trained) - amortisation(heldOut),
        0,
      ),
      atLeast('time of its own numbers to that of the encoder', heldOut.seconds / seconds, 10),
    ],
    pictures: {
      'time.svg': await lineChart({
        title: 'An encoder against numbers of each image’s own',
        subtitle: `${count} held-out images (${source}), the decoder as it was trained`,
        x: { title: 'seconds of finding a mean and a deviation of each image' },
        y: { title: 'bound, nats per image' },
        lines: [{ name: 'own numbers', points: late.map((p) => [p.seconds, p.bound]) }],
        levels: [
          { name: `encoder, after ${seconds.toPrecision(2)} s`, y: heldOut.encoder },
          { name: 'log p(x)', y: heldOut.evidence },
        ],
      }),
      'gaps.svg': await bars({
        title: 'What the bound misses of log p(x)',
        subtitle: `${source}; amortisation: the encoder is not the best normal; approximation: the best is no posterior`,
        x: '',
        y: { title: 'nats per image' },
        bars: [
          { label: 'training images', gaps: trained },
          { label: 'held-out images', gaps: heldOut },
        ].flatMap(({ label, gaps }) => [
          { label, name: 'amortisation gap', value: amortisation(gaps) },
          { label, name: 'approximation gap', value: approximation(gaps) },
        ]),
      }),
    },
  };
};

export const example: Example = {
  name: 'amortisation',
  sentence:
    'What an encoder that all images share loses against numbers of its own for each image.',
  equations: [
    '\\log p(x) - \\mathcal{L}[q_{\\phi(x)}] = \\underbrace{\\log p(x) - \\max_{\\mu, \\sigma} \\mathcal{L}[\\mathcal{N}(\\mu, \\sigma^2)]}_{\\text{approximation}} + \\underbrace{\\max_{\\mu, \\sigma} \\mathcal{L}[\\mathcal{N}(\\mu, \\sigma^2)] - \\mathcal{L}[q_{\\phi(x)}]}_{\\text{amortisation}}',
  ],
  run,
};
