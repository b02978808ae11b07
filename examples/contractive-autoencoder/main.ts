/** Contractive autoencoders of rising λ: their penalty, and how far a code moves with its image. */
import * as tf from '@tensorflow/tfjs';
import {
  type Key,
  type Tensor,
  adam,
  cosineDecay,
  foldIn,
  freeState,
  item,
  simulate,
  svi,
} from 'marginalia';
import type { Params } from 'marginalia/inference';
import { randomNormal } from 'marginalia/random';
import {
  type Images,
  firstImages,
  greyRows,
  imageAt,
  imageRows,
  loadDigits,
  pixelsOf,
} from '../data/index.js';
import {
  type Example,
  type Setting,
  atMost,
  measuring,
  shown,
  squaredError,
} from '../gallery/index.js';
import { labelledImages, lineChart } from '../pictures/index.js';
import { jacobianByDifferences } from './finite-differences.js';
import { contractiveAutoencoder, jacobianNorm } from './model.js';

const UNITS = 64;

/** Images in a row of the picture. */
const SHOWN = 10;
const LAMBDAS = [0, 0.1, 0.3, 1, 3] as const;

/** Images whose Jacobian is taken by differences. */
const DIFFERENCES = 3;

interface Measured {
  readonly lambda: number;
  /** Squared error per image. */
  readonly error: number;
  /** ‖∂c/∂x‖², its mean over images. */
  readonly penalty: number;
  /** How far a code moves for an image that moves by 1 in a random direction, over the spread of codes. */
  readonly toNoise: number;
  /** The same towards another image. */
  readonly toImages: number;
  /** The largest relative error of the penalty against differences. */
  readonly disagreement: number;
  readonly seen: Float32Array;
}

const lengths = (x: Tensor): Tensor => tf.norm(x, 2, -1, true);

/** Rows of length 1. */
const unit = (x: Tensor): Tensor => tf.div(x, lengths(x));

const measured = (
  { encoder, decoder }: ReturnType<typeof contractiveAutoencoder>,
  params: Params,
  test: Images,
  lambda: number,
  key: Key,
): Measured =>
  measuring(() => {
    const x = imageRows(test);
    const codeOf = (images: Tensor): Tensor => simulate(encoder(images), { params });
    const code = codeOf(x);
    const seen = simulate(decoder(code), { params });
    const { 'encoder/kernel': kernel = tf.zeros([0]), 'encoder/bias': bias = tf.zeros([0]) } =
      params;
    const penalties = jacobianNorm(code, kernel);
    const random = unit(tf.tensor2d(randomNormal(key, x.size), [test.count, pixelsOf(test)]));
    // Rows are in no order, so that the next is any other.
    const others = unit(tf.sub(tf.concat([x.slice(1), x.slice(0, 1)]), x));
    const spread = item(tf.mean(lengths(tf.sub(code, tf.mean(code, 0)))));
    const response = (direction: Tensor): number =>
      item(tf.mean(lengths(tf.sub(codeOf(tf.add(x, direction)), code)))) / spread;
    const exact = penalties.dataSync();
    const [weights, offsets] = [kernel.dataSync(), bias.dataSync()];
    const errors = Array.from({ length: DIFFERENCES }, (_, i) => {
      const found = jacobianByDifferences({ kernel: weights, bias: offsets }, imageAt(test, i));
      return Math.abs((exact[i] ?? Number.NaN) / found - 1);
    });
    return {
      lambda,
      error: squaredError(seen, x),
      penalty: item(tf.mean(penalties)),
      toNoise: response(random),
      toImages: response(others),
      disagreement: Math.max(...errors),
      seen: seen.dataSync<'float32'>(),
    };
  });

const fitted = async (
  { quick, fit, key }: Setting,
  { train, test }: { readonly train: Images; readonly test: Images },
  lambda: number,
): Promise<Measured> => {
  const steps = quick ? 500 : 5000;
  const made = contractiveAutoencoder(pixelsOf(train), UNITS, lambda);
  const state = await fit({
    name: `lambda ${lambda}`,
    svi: svi({ ...made.objective, optimizer: adam(cosineDecay(2e-3, steps)) }),
    data: greyRows(train),
    batchSize: 100,
    steps,
  });
  const found = measured(made, state.params, test, lambda, foldIn(key, 'directions'));
  freeState(state);
  return found;
};

export const example: Example = {
  name: 'contractive-autoencoder',
  sentence:
    "An autoencoder with the squared norm of its encoder's Jacobian in the loss, exact: codes that hardly move with noise.",
  equations: [
    String.raw`\mathcal{L} = \frac1N \sum_n \lVert x_n - \hat x_n \rVert^2 + \lambda\, \Bigl\lVert \frac{\partial c}{\partial x}(x_n) \Bigr\rVert_F^2, \qquad c = \sigma(x W + b), \qquad \hat x = \sigma(c\, W^\top + a)`,
    String.raw`\Bigl\lVert \frac{\partial c}{\partial x} \Bigr\rVert_F^2 = \sum_j \bigl(c_j (1 - c_j)\bigr)^2 \sum_i W_{ij}^2`,
  ],
  run: async (setting) => {
    const { quick, data, key } = setting;
    const { train, test, source } = await loadDigits(data, key, {
      ...(quick && { train: 4000 }),
      test: quick ? 300 : 1000,
    });
    const found: Measured[] = [];
    for (const lambda of LAMBDAS) found.push(await fitted(setting, { train, test }, lambda));
    const nan = Number.NaN;
    const [plain] = found;
    const strong = found.at(3);
    const ratioOf = (f: (m: Measured) => number): number =>
      strong === undefined || plain === undefined ? nan : f(strong) / f(plain);
    const response = ratioOf((m) => m.toNoise);
    const firstOf = (grey: Float32Array): readonly Float32Array[] =>
      firstImages({ ...test, grey }, SHOWN);
    // A weight of 0 has no place on a logarithmic axis; it is drawn as a level.
    const weighted = found.filter(({ lambda }) => lambda > 0);
    return {
      headline: `With λ = ${strong?.lambda} a code moves ${shown(response)} times as far with noise on its image as without the penalty, measured by the spread of codes.`,
      figures: {
        data: `${source}, ${train.count} to train on and ${test.count} to test on`,
        found: found.map((one) => ({ ...one, seen: undefined })),
      },
      checks: [
        // Both are of float32 weights; the closed form is evaluated in float32 as well.
        atMost(
          'penalty against finite differences, largest relative error',
          Math.max(...found.map(({ disagreement }) => disagreement)),
          1e-4,
        ),
        atMost(
          `penalty at λ = ${strong?.lambda} over that without`,
          ratioOf((m) => m.penalty),
          0.6,
        ),
        atMost(`response to noise at λ = ${strong?.lambda} over that without`, response, 0.9),
        // It is the noise that it no longer sees, and not images.
        atMost(
          'response to noise over that to images, at λ over without',
          ratioOf((m) => m.toNoise / m.toImages),
          0.97,
        ),
      ],
      pictures: {
        'response.svg': await lineChart({
          title: 'How far a code moves when its image moves by 1',
          subtitle: `over the spread of codes; ${test.count} ${source}`,
          x: { title: 'λ', log: true, ticks: [0.1, 0.3, 1, 3] },
          y: { title: 'share of the spread of codes', zero: true },
          lines: [
            {
              name: 'towards another image',
              dots: true,
              points: weighted.map(({ lambda, toImages }) => [lambda, toImages]),
            },
            {
              name: 'in a random direction',
              dots: true,
              points: weighted.map(({ lambda, toNoise }) => [lambda, toNoise]),
            },
          ],
          levels: [
            { name: 'towards another image, λ = 0', y: plain?.toImages ?? nan },
            { name: 'in a random direction, λ = 0', y: plain?.toNoise ?? nan },
          ],
        }),
        'reconstructions.svg': labelledImages({
          title: 'What is left of images',
          subtitle: `${UNITS} units; ${source} that were not trained on`,
          rows: test.rows,
          columns: test.columns,
          lines: [
            { label: 'image', images: firstOf(test.grey) },
            ...found.map(({ lambda, seen }) => ({ label: `λ = ${lambda}`, images: firstOf(seen) })),
          ],
        }),
      },
    };
  },
};
