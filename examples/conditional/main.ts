/** A classifier as a conditional law: how often it is right, and whether it knows how often. */
import * as tf from '@tensorflow/tfjs';
import { adam, cosineDecay, evaluation, freeState, rowsOf, simulate, svi } from 'marginalia';
import { zipped } from 'marginalia/data';
import { greyRows, imageAt, imageRows, loadDigits } from '../data/index.js';
import { type Example, atLeast, atMost, measuring, shown } from '../gallery/index.js';
import { heatmap, labelledImages, lineChart } from '../pictures/index.js';
import { calibrationOf, confusionOf } from './calibration.js';
import { type Labelled, classifier } from './model.js';

const CLASSES = 10;

/** Images of the picture of what was hardest. */
const HARD = 10;

/** The share that is right of fewer is drawn by chance. */
const FEW = 10;

export const example: Example = {
  name: 'conditional',
  sentence:
    'p(y | x) of the class of an image, by a network with a Categorical output: accuracy and calibration.',
  equations: [
    String.raw`p(y \mid x) = \operatorname{Categorical}\bigl(y;\ \operatorname{softmax} \eta(x)\bigr), \qquad \mathcal{L} = \frac1N \sum_n \log p(y_n \mid x_n)`,
    String.raw`\operatorname{ECE} = \sum_b \frac{n_b}{N} \bigl| \operatorname{acc}_b - \operatorname{conf}_b \bigr|`,
  ],
  run: async ({ quick, data, key, fit }) => {
    const { train, test, source } = await loadDigits(data, key, quick ? { train: 1500 } : {});
    const steps = quick ? 600 : 8000;
    const { network, likelihood } = classifier(CLASSES);
    const state = await fit({
      name: 'classifier',
      svi: svi({ ...likelihood, optimizer: adam(cosineDecay(2e-3, steps)) }),
      data: zipped<Labelled>({
        x: greyRows(train),
        y: rowsOf(Float32Array.from(train.labels), []),
      }),
      batchSize: 100,
      steps,
    });
    const chances = measuring(() => {
      const logits = simulate(evaluation(network(imageRows(test))), { params: state.params });
      return tf.softmax(logits).as2D(test.count, CLASSES).arraySync();
    });
    freeState(state);
    const found = calibrationOf(chances, test.labels);
    const doubt = chances.map((row, i) => ({ i, row, p: row[test.labels[i] ?? 0] ?? 0 }));
    const hardest = doubt.toSorted((a, b) => a.p - b.p).slice(0, HARD);
    const words = ({ i, row, p }: (typeof doubt)[number]): string =>
      `${test.labels[i]}: ${p.toFixed(2)}, ${row.indexOf(Math.max(...row))}: ${Math.max(...row).toFixed(2)}`;
    const percent = (share: number): string => `${shown(100 * share)} %`;
    return {
      headline: `${percent(found.accuracy)} of test images are classified as they should be, with an expected calibration error of ${percent(found.error)}.`,
      figures: {
        data: `${source}, ${train.count} to train on and ${test.count} to test on`,
        ...found,
      },
      checks: [
        // Of MNIST such a network gets 98 to 98.5 %; of drawn digits, with fewer images, less or more by the set.
        atLeast('test accuracy', found.accuracy, quick ? 0.9 : 0.975),
        atMost('expected calibration error', found.error, quick ? 0.05 : 0.02),
        atMost(
          '−log p(y | x), nats per test image',
          found.negativeLogLikelihood,
          quick ? 0.35 : 0.1,
        ),
      ],
      pictures: {
        'calibration.svg': await lineChart({
          title: 'How often it is right when it says so',
          subtitle: `${test.count} test images of ${source}, in bins of a tenth with ${FEW} at least`,
          x: {
            title: 'confidence: the probability of the class that is likeliest',
            domain: [0, 1],
          },
          y: { title: 'share that is right', domain: [0, 1] },
          width: 380,
          height: 380,
          lines: [
            {
              name: 'network',
              dots: true,
              points: found.bins
                .filter(({ count }) => count >= FEW)
                .map(({ confidence, accuracy }) => [confidence, accuracy]),
            },
            {
              name: 'calibrated',
              dashed: true,
              points: [
                [0, 0],
                [1, 1],
              ],
            },
          ],
        }),
        'confusion.svg': await heatmap({
          title: 'Mistakes',
          subtitle: 'the share of images of each class that is taken for another',
          x: 'taken for',
          y: 'class',
          scale: 'share',
          rows: Array.from({ length: CLASSES }, (_, i) => String(i)),
          columns: Array.from({ length: CLASSES }, (_, i) => String(i)),
          values: confusionOf(chances, test.labels).map((row, i) => row.with(i, 0)),
        }),
        'hardest.svg': labelledImages({
          title: 'The test images whose class it finds least likely',
          subtitle: 'over each the probability of its class, then that of the likeliest',
          rows: test.rows,
          columns: test.columns,
          scale: 3,
          headings: hardest.map(words),
          lines: [{ images: hardest.map(({ i }) => imageAt(test, i)) }],
        }),
      },
    };
  },
};
