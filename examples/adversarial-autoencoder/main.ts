/** Codes that are matched to a prior by a game, with an encoder that draws and one that does not. */
import type * as tf from '@tensorflow/tfjs';
import { type Key, foldIn, freeState, simulate } from 'marginalia';
import type { Params } from 'marginalia/inference';
import {
  type Images,
  firstImages,
  greyRows,
  imageRows,
  loadDigits,
  pixelsOf,
} from '../data/index.js';
import {
  type Places,
  DRAWN,
  TESTED,
  againstPrior,
  codesBesidePrior,
  placesOf,
  priorRows,
} from '../gallery/codes-against-prior.js';
import {
  type Example,
  type Setting,
  atLeast,
  atMost,
  measuring,
  shown,
  squaredError,
} from '../gallery/index.js';
import { labelledImages, panels } from '../pictures/index.js';
import { type Encoder, LATENT, adversarialAutoencoder } from './model.js';

const LAMBDA = 10;

/** Images in a row of the picture. */
const SHOWN = 10;

/** From 0 to the last of codes and draws that are in the picture. */
const reachOf = (places: Places): number => Math.ceil(Math.max(...places.flat().map(Math.abs)));

interface Found {
  readonly name: string;
  /** Squared error per image. */
  readonly error: number;
  /** MMD² of codes and prior, and the p-value of none. */
  readonly statistic: number;
  readonly pValue: number;
  readonly codes: Places;
  /** What draws of the prior are decoded to. */
  readonly samples: Float32Array;
  readonly reconstructions: Float32Array;
}

const measured = (
  name: string,
  { encoder, decoder }: ReturnType<typeof adversarialAutoencoder>,
  params: Params,
  test: Images,
  key: Key,
): Found =>
  measuring(() => {
    const x = imageRows(test);
    const codes = simulate(encoder(x), { params, key: foldIn(key, 'codes') });
    const decoded = (z: tf.Tensor): tf.Tensor => simulate(decoder(z), { params });
    const seen = decoded(codes);
    return {
      name,
      error: squaredError(seen, x),
      ...againstPrior(codes, key),
      codes: placesOf(codes),
      samples: decoded(priorRows(foldIn(key, 'samples'), SHOWN, LATENT)).dataSync<'float32'>(),
      reconstructions: seen.dataSync<'float32'>(),
    };
  });

const fitted = async (
  { quick, fit, key }: Setting,
  { train, test }: { readonly train: Images; readonly test: Images },
  {
    name,
    kind,
    lambda,
  }: { readonly name: string; readonly kind: Encoder; readonly lambda: number },
): Promise<Found> => {
  const made = adversarialAutoencoder(pixelsOf(train), kind, lambda);
  const state = await fit({
    name,
    svi: made.game,
    data: greyRows(train),
    batchSize: 100,
    steps: quick ? 800 : 4000,
  });
  const found = measured(name, made, state.params, test, foldIn(key, 'measure'));
  freeState(state);
  return found;
};

export const example: Example = {
  name: 'adversarial-autoencoder',
  sentence:
    'Codes that a critic cannot tell from draws of the prior, by a deterministic and a stochastic encoder, as phases.',
  equations: [
    String.raw`\max_{D} \; \frac1N \sum_n \mathbb{E}_{p(z)} \log D(z) + \mathbb{E}_{q(z \mid x_n)} \log\bigl(1 - D(z)\bigr)`,
    String.raw`\min_{e, d} \; \frac1N \sum_n \mathbb{E}_{q(z \mid x_n)} \Bigl[ \lVert x_n - d(z) \rVert^2 - \lambda \log D(z) \Bigr], \qquad p(z) = \mathcal{N}(0, I)`,
    String.raw`q(z \mid x) = \delta_{e(x)}(z) \quad \text{or} \quad q(z \mid x) = \mathcal{N}\bigl(\mu(x), \operatorname{diag} \sigma^2(x)\bigr)`,
  ],
  run: async (setting) => {
    const { quick, data, key } = setting;
    const split = await loadDigits(data, key, { ...(quick && { train: 4000 }), test: 1000 });
    const { test, source } = split;
    const plain = await fitted(setting, split, { name: 'plain', kind: 'deterministic', lambda: 0 });
    const players = [
      await fitted(setting, split, {
        name: 'deterministic',
        kind: 'deterministic',
        lambda: LAMBDA,
      }),
      await fitted(setting, split, { name: 'stochastic', kind: 'stochastic', lambda: LAMBDA }),
    ];
    const all = [plain, ...players];
    const prior = measuring(() => placesOf(priorRows(foldIn(key, 'picture'), DRAWN, LATENT)));
    const firstOf = (grey: Float32Array): readonly Float32Array[] =>
      firstImages({ ...test, grey }, SHOWN);
    return {
      headline:
        `MMD² of ${TESTED} codes of test images and the prior, with the p-value of none: ` +
        `${all.map(({ name, statistic, pValue }) => `${name} ${shown(statistic)} (p = ${pValue})`).join(', ')}.`,
      figures: {
        data: `${source}, ${split.train.count} to train on and ${test.count} to test on`,
        found: all.map(({ name, error, statistic, pValue }) => ({
          name,
          error,
          statistic,
          pValue,
        })),
      },
      checks: [
        // The test sees the plain one at once, or it would see nothing.
        atMost('plain: p-value of codes against the prior', plain.pValue, 0.001),
        ...players.flatMap(({ name, statistic, pValue, error }) => [
          atLeast(`${name}: p-value of codes against the prior`, pValue, 0.01),
          atMost(`${name}: MMD² over that of the plain one`, statistic / plain.statistic, 0.1),
          atMost(`${name}: squared error over that of the plain one`, error / plain.error, 1.4),
        ]),
      ],
      pictures: {
        'codes.svg': await panels(
          all.map(({ name, codes }) => {
            const title = name === 'plain' ? 'plain autoencoder' : `adversarial, ${name}`;
            return codesBesidePrior(title, codes, prior, reachOf([...codes, ...prior]));
          }),
        ),
        'images.svg': labelledImages({
          title: 'Rebuilt and drawn',
          subtitle: `${source} that were not trained on, and codes drawn from the prior; ${LATENT} numbers each`,
          rows: test.rows,
          columns: test.columns,
          lines: [
            { label: 'image', images: firstOf(test.grey) },
            ...all.flatMap(({ name, samples, reconstructions }) => [
              { label: `${name}, rebuilt`, images: firstOf(reconstructions) },
              { label: `${name}, from the prior`, images: firstOf(samples) },
            ]),
          ],
        }),
      },
    };
  },
};
