/** How far labels of a few images go, with all the others beside them. */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type SviState,
  type Tensor,
  evaluation,
  freeState,
  rowsOf,
  simulate,
} from 'marginalia';
import { sideBySide, zipped } from 'marginalia/data';
import type { Params } from 'marginalia/inference';
import {
  type LabelledImages,
  binarised,
  imageRows,
  imagesBetween,
  loadDigits,
  pixelsOf,
} from '../data/index.js';
import {
  type Example,
  type Setting,
  type Shown,
  atLeast,
  measuring,
  shown,
} from '../gallery/index.js';
import { lineChart } from '../pictures/index.js';
import { type Sizes, type Batch } from './batch.js';
import { classifierOfCodes, encoderOf, headOf, m1 } from './codes.js';
import { classifierOf, m2 } from './model.js';

const CLASSES = 10;
/** Labelled images of a batch, beside as many that are not. */
const LABELLED = 50;
const ALPHA = 5;

const settingsOf = ({ quick, data }: Setting) =>
  quick
    ? { counts: { train: 2000, test: 500 }, labels: [1000], hidden: 50, steps: 200 }
    : { counts: {}, labels: [100, 3000], hidden: 200, steps: data === undefined ? 2000 : 4000 };

const oneHot = ({ labels }: LabelledImages): Float32Array => {
  const rows = new Float32Array(labels.length * CLASSES);
  labels.forEach((label, i) => {
    rows[i * CLASSES + label] = 1;
  });
  return rows;
};

const run = async (setting: Setting): Promise<Shown> => {
  const { counts, labels, hidden, steps } = settingsOf(setting);
  const { train, test, source } = await loadDigits(setting.data, setting.key, counts);
  const length = setting.capped(steps);
  const sizes: Sizes = { pixels: pixelsOf(train), classes: CLASSES, latent: 20, hidden };
  const [classifier, encoder, head] = [classifierOf(sizes), encoderOf(sizes), headOf(sizes)];

  /** The share of test images whose likeliest class is theirs. */
  const accuracy = (logits: (x: Tensor) => Program<unknown, Tensor>, params: Params): number =>
    measuring(() => {
      const found = tf
        .argMax(simulate(evaluation(logits(imageRows(test))), { params }), -1)
        .dataSync();
      return test.labels.filter((label, i) => label === found[i]).length / test.count;
    });
  const only = (params: Params, prefix: string): Params =>
    Object.fromEntries(Object.entries(params).filter(([name]) => name.startsWith(prefix)));
  const codesOf = (images: LabelledImages, { params }: SviState): Float32Array =>
    measuring(() =>
      Float32Array.from(
        simulate(encoder(imageRows(images)), { params: only(params, 'encoder') }).loc.dataSync(),
      ),
    );

  const found: Record<string, [number, number][]> = {};
  let seconds = 0;
  const keep = (how: string, count: number, share: number): void => {
    (found[how] ??= []).push([count, share]);
    setting.say(`${how}, ${count} labels: ${shown(100 * share)} %`);
  };
  for (const count of labels) {
    const few = imagesBetween(train, 0, count);
    const y = rowsOf(oneHot(few), [CLASSES]);
    const data = sideBySide<Batch>(
      { labelled: zipped({ x: binarised(few), y }), unlabelled: binarised(train) },
      { labelled: LABELLED },
    );
    const fitted = (how: string, svi: ReturnType<typeof m2> | ReturnType<typeof m1>) =>
      setting.fitWithCurves({ name: `${how} ${count}`, svi, data, batchSize: LABELLED, steps });

    const { state: codes } = await fitted('codes', m1(sizes, { alpha: 0, steps: length }));
    const read = await setting.fit({
      name: `classifier of codes ${count}`,
      svi: classifierOfCodes(sizes, length),
      data: zipped({ z: rowsOf(codesOf(few, codes), [sizes.latent]), y }),
      batchSize: LABELLED,
      steps,
    });
    const z = tf.tensor2d(codesOf(test, codes), [test.count, sizes.latent]);
    keep(
      'M1, then a classifier',
      count,
      accuracy(() => head(z), only(read.params, 'head')),
    );
    z.dispose();

    const { state: joint } = await fitted('joint', m1(sizes, { alpha: ALPHA, steps: length }));
    const mean = tf.tensor2d(codesOf(test, joint), [test.count, sizes.latent]);
    keep(
      `joint, α = ${ALPHA}`,
      count,
      accuracy(() => head(mean), only(joint.params, 'head')),
    );
    mean.dispose();

    for (const alpha of [0, ALPHA]) {
      const { state, cpuSeconds } = await fitted(
        `M2 ${alpha}`,
        m2(sizes, { alpha, steps: length }),
      );
      seconds = Math.max(seconds, cpuSeconds);
      keep(`M2, α = ${alpha}`, count, accuracy(classifier, only(state.params, 'classifier')));
      freeState(state);
    }
    [codes, read, joint].forEach(freeState);
  }
  const most = labels.at(-1) ?? 0;
  const at = (how: string): number =>
    found[how]?.find(([count]) => count === most)?.[1] ?? Number.NaN;
  const [summed, classified] = [at('M2, α = 0'), at(`M2, α = ${ALPHA}`)];
  return {
    headline: `With ${most} labels M2 is right on ${shown(100 * summed)} % of test images by its bound alone, and on ${shown(100 * classified)} % with the classification term; ${length} steps take at most ${seconds.toFixed(0)} s of processor time.`,
    figures: {
      data: `${source}, ${train.count} to train on and ${test.count} to test on`,
      accuracy: found,
      steps: length,
      cpuSeconds: seconds,
    },
    checks: [
      atLeast('M2 with the classification term', classified, setting.quick ? 0.85 : 0.95),
      atLeast('M2 by its bound alone', summed, setting.quick ? 0.3 : 0.89),
      atLeast('what M2 gains by the classification term', classified - summed, 0),
    ],
    pictures: {
      'accuracy.svg': await lineChart({
        title: 'What labels of a few images are worth',
        subtitle: `${test.count} test images of ${source}`,
        x: { title: 'labelled images', log: true },
        y: { title: 'share that is right' },
        lines: Object.entries(found).map(([name, points]) => ({ name, dots: true, points })),
      }),
    },
  };
};

export const example: Example = {
  name: 'semi-supervised',
  sentence:
    'Classes of images of which few are labelled: a classifier of codes, after and with the autoencoder, and M2, which sums over the classes that are not known.',
  equations: [
    String.raw`\log p(x, y) \ge \mathbb{E}_{q(z \mid x, y)}\left[\log p(x \mid y, z) + \log p(y) + \log p(z) - \log q(z \mid x, y)\right] = -\mathcal{L}(x, y)`,
    String.raw`\log p(x) \ge \sum_y q(y \mid x) \left(-\mathcal{L}(x, y)\right) + \mathcal{H}(q(y \mid x)) = -\mathcal{U}(x)`,
    String.raw`\mathcal{J} = \sum_{\text{labelled}} \mathcal{L}(x, y) + \sum_{\text{unlabelled}} \mathcal{U}(x) - \alpha \sum_{\text{labelled}} \log q(y \mid x)`,
  ],
  run,
};
