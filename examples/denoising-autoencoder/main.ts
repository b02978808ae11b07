/** Autoencoders trained on corrupted images, each on every corruption. */
import * as tf from '@tensorflow/tfjs';
import {
  type Key,
  type Tensor,
  adam,
  cosineDecay,
  foldIn,
  freeState,
  plate,
  simulate,
  svi,
} from 'marginalia';
import {
  type Images,
  firstImages,
  greyRows,
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
import { bars, labelledImages } from '../pictures/index.js';
import { type Corruption, corruptions, denoisingAutoencoder } from './model.js';

const NAMES = ['none', 'Gaussian', 'dropout', 'salt and pepper'] as const;
const CORRUPTED = ['Gaussian', 'dropout', 'salt and pepper'] as const;

/** Images of the picture: one of each digit of a drawn set. */
const SHOWN = 10;

/** Tensors by corruption. */
type Corrupted = Readonly<Record<Corruption, Tensor>>;

/** The same draw of every corruption for all autoencoders. */
const corruptedBy = (x: Tensor, key: Key): Corrupted => {
  const by = (name: Corruption): Tensor =>
    simulate(plate('images', x.shape[0] ?? 0, corruptions[name](x)), { key: foldIn(key, name) });
  return {
    none: by('none'),
    Gaussian: by('Gaussian'),
    dropout: by('dropout'),
    'salt and pepper': by('salt and pepper'),
  };
};

/** What one autoencoder makes of each corruption. */
interface Restored {
  readonly images: Readonly<Record<Corruption, Float32Array>>;
  /** Squared error per image. */
  readonly errors: Readonly<Record<Corruption, number>>;
}

const byCorruption = <A>(of: (name: Corruption) => A): Readonly<Record<Corruption, A>> => ({
  none: of('none'),
  Gaussian: of('Gaussian'),
  dropout: of('dropout'),
  'salt and pepper': of('salt and pepper'),
});

const fitted = async (
  { quick, fit }: Setting,
  train: Images,
  corrupted: Corrupted,
  corruption: Corruption,
): Promise<Restored> => {
  const steps = quick ? 500 : 5000;
  const { restore, objective } = denoisingAutoencoder(pixelsOf(train), corruption);
  const state = await fit({
    name: corruption === 'none' ? 'plain' : corruption,
    svi: svi({ ...objective, optimizer: adam(cosineDecay(2e-3, steps)) }),
    data: greyRows(train),
    batchSize: 100,
    steps,
  });
  const restored = measuring((): Restored => {
    const seen = byCorruption((name) =>
      simulate(restore(corrupted[name]), { params: state.params }),
    );
    return {
      images: byCorruption((name) => seen[name].dataSync<'float32'>()),
      errors: byCorruption((name) => squaredError(seen[name], corrupted.none)),
    };
  });
  freeState(state);
  return restored;
};

export const example: Example = {
  name: 'denoising-autoencoder',
  sentence:
    'Autoencoders that restore images from Gaussian noise, dropout, and salt and pepper, drawn anew in every step.',
  equations: [
    String.raw`\mathcal{L} = \frac1N \sum_n \mathbb{E}_{c(\tilde x \mid x_n)} \lVert x_n - d(e(\tilde x)) \rVert^2`,
    String.raw`\tilde x = x + \tfrac12 \epsilon, \quad \epsilon \sim \mathcal{N}(0, I); \qquad \tilde x = 2\, m \odot x, \quad m_i \sim \operatorname{Bernoulli}(\tfrac12)`,
    String.raw`\tilde x_i = h_i w_i + (1 - h_i)\, x_i, \qquad h_i \sim \operatorname{Bernoulli}(0.3), \quad w_i \sim \operatorname{Bernoulli}(\tfrac12)`,
  ],
  run: async (setting) => {
    const { quick, data, key } = setting;
    const { train, test, source } = await loadDigits(data, key, {
      ...(quick && { train: 4000 }),
      test: quick ? 300 : 1000,
    });
    const x = imageRows(test);
    const corrupted = corruptedBy(x, foldIn(key, 'corruption'));
    const plain = await fitted(setting, train, corrupted, 'none');
    const found = {
      Gaussian: await fitted(setting, train, corrupted, 'Gaussian'),
      dropout: await fitted(setting, train, corrupted, 'dropout'),
      'salt and pepper': await fitted(setting, train, corrupted, 'salt and pepper'),
    };
    const untouched = byCorruption((name) => squaredError(corrupted[name], x));
    const inputs = byCorruption((name) => corrupted[name].dataSync<'float32'>());
    const ratios = CORRUPTED.map((name) => found[name].errors[name] / plain.errors[name]);
    const firstOf = (grey: Float32Array): readonly Float32Array[] =>
      firstImages({ ...test, grey }, SHOWN);
    tf.dispose([x, ...Object.values(corrupted)]);
    return {
      headline:
        'Error on images that are corrupted as in training, over that of the plain autoencoder: ' +
        `${CORRUPTED.map((name, i) => `${name} ${shown(ratios[i] ?? Number.NaN)}`).join(', ')}.`,
      figures: {
        data: `${source}, ${train.count} to train on and ${test.count} to test on`,
        unit: 'squared error per image',
        corrupted: untouched,
        plain: plain.errors,
        ...Object.fromEntries(CORRUPTED.map((name) => [name, found[name].errors])),
      },
      checks: CORRUPTED.flatMap((name, i) => [
        atMost(`${name}: error over that of the plain autoencoder`, ratios[i] ?? Number.NaN, 0.85),
        // What it restores is nearer to the clean image than what it is given, by far.
        atMost(
          `${name}: error over that of the corrupted image`,
          found[name].errors[name] / untouched[name],
          0.25,
        ),
      ]),
      pictures: {
        'restored.svg': labelledImages({
          title: 'Restored images',
          subtitle: `${source} that were not trained on`,
          rows: test.rows,
          columns: test.columns,
          lines: [
            { label: 'clean', images: firstOf(inputs.none) },
            ...CORRUPTED.flatMap((name) => [
              { label: name, images: firstOf(inputs[name]) },
              { label: 'by the plain one', images: firstOf(plain.images[name]) },
              { label: 'by its own', images: firstOf(found[name].images[name]) },
            ]),
          ],
        }),
        'errors.svg': await bars({
          title: 'Error of what is restored',
          subtitle: `${test.count} images of ${source}`,
          x: 'corruption of the input',
          y: { title: 'squared error per image' },
          bars: NAMES.flatMap((label) => [
            { label, name: 'plain autoencoder', value: plain.errors[label] },
            ...CORRUPTED.map((name) => ({
              label,
              name: `trained on ${name}`,
              value: found[name].errors[label],
            })),
          ]),
        }),
      },
    };
  },
};
