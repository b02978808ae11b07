/** Two Wasserstein autoencoders beside the variational one of the same networks and cost. */
import {
  type Key,
  type Program,
  type Svi,
  type Tensor,
  foldIn,
  freeState,
  simulate,
} from 'marginalia';
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
import { LATENT, wassersteinAutoencoder } from './model.js';
import { sharpness } from './sharpness.js';
import { variationalAutoencoder } from './vae-model.js';

/** Images in a row of the picture. */
const SHOWN = 10;

/** From images to codes and back. */
interface Autoencoder {
  readonly encoder: (x: Tensor) => Program<unknown, Tensor>;
  readonly decoder: (z: Tensor) => Program<unknown, Tensor>;
  /** The code that an image is rebuilt from, where that is not what the encoder draws. */
  readonly mean?: (x: Tensor) => Program<unknown, Tensor>;
}

interface Found {
  readonly name: string;
  /** Squared error per image. */
  readonly error: number;
  /** Of what is rebuilt and of what is drawn, over that of the images. */
  readonly sharpness: { readonly rebuilt: number; readonly drawn: number };
  /** MMD² of codes and prior, and the p-value of none. */
  readonly statistic: number;
  readonly pValue: number;
  readonly codes: Places;
  readonly rebuilt: Float32Array;
  readonly drawn: Float32Array;
}

const measured = (
  name: string,
  { encoder, decoder, mean = encoder }: Autoencoder,
  params: Params,
  test: Images,
  key: Key,
): Found =>
  measuring(() => {
    const x = imageRows(test);
    const codes = simulate(encoder(x), { params, key: foldIn(key, 'codes') });
    const decoded = (z: Tensor): Tensor => simulate(decoder(z), { params });
    const seen = decoded(simulate(mean(x), { params }));
    const rebuilt = seen.dataSync<'float32'>();
    const drawn = decoded(
      priorRows(foldIn(key, 'drawn'), test.count, LATENT),
    ).dataSync<'float32'>();
    const relative = (grey: Float32Array): number => sharpness({ ...test, grey }) / sharpness(test);
    return {
      name,
      error: squaredError(seen, x),
      sharpness: { rebuilt: relative(rebuilt), drawn: relative(drawn) },
      ...againstPrior(codes, key),
      codes: placesOf(codes),
      rebuilt,
      drawn,
    };
  });

const fitted = async (
  { quick, data, fit, key }: Setting,
  { train, test }: { readonly train: Images; readonly test: Images },
  { name, svi, ...made }: Autoencoder & { readonly name: string; readonly svi: Svi<Tensor> },
): Promise<Found> => {
  const state = await fit({
    name,
    svi,
    data: greyRows(train),
    batchSize: 100,
    steps: quick ? 800 : data === undefined ? 4000 : 8000,
  });
  const found = measured(name, made, state.params, test, foldIn(key, 'measure'));
  freeState(state);
  return found;
};

export const example: Example = {
  name: 'wasserstein-autoencoder',
  sentence:
    'Optimal transport with codes matched to the prior by a kernel or a critic: sharper than the variational autoencoder.',
  equations: [
    String.raw`\mathcal{L} = \frac1N \sum_n \lVert x_n - d(e(x_n)) \rVert^2 + \lambda\, \mathcal{D}\Bigl(\frac1N \sum_n \delta_{e(x_n)},\ \mathcal{N}(0, I)\Bigr)`,
    String.raw`\mathcal{D}_{\text{MMD}}(q, p) = \mathbb{E}\, k(z, z') + \mathbb{E}\, k(y, y') - 2\, \mathbb{E}\, k(z, y), \qquad k(z, y) = \frac{c}{c + \lVert z - y \rVert^2}, \quad c = 2 \dim z`,
    String.raw`\mathcal{D}_{\text{adversarial}}(q, p) = -\mathbb{E}_q \log D(z), \qquad D = \arg\max_D \; \mathbb{E}_p \log D(z) + \mathbb{E}_q \log\bigl(1 - D(z)\bigr)`,
  ],
  run: async (setting) => {
    const { quick, data, key } = setting;
    const split = await loadDigits(data, key, { ...(quick && { train: 4000 }), test: 1000 });
    const { test, source } = split;
    const pixels = pixelsOf(test);
    const { variants, ...wae } = wassersteinAutoencoder(pixels);
    const { vae: inference, ...vae } = variationalAutoencoder(pixels);
    const variational = await fitted(setting, split, {
      ...vae,
      name: 'variational',
      svi: inference,
    });
    const ours = [
      await fitted(setting, split, { ...wae, name: 'MMD', svi: variants.MMD }),
      await fitted(setting, split, { ...wae, name: 'adversarial', svi: variants.adversarial }),
    ];
    const all = [variational, ...ours];
    const prior = measuring(() => placesOf(priorRows(foldIn(key, 'picture'), DRAWN, LATENT)));
    const firstOf = (grey: Float32Array): readonly Float32Array[] =>
      firstImages({ ...test, grey }, SHOWN);
    return {
      headline:
        'Sharpness of rebuilt images, over that of real ones, and squared error: ' +
        `${all.map((one) => `${one.name} ${shown(one.sharpness.rebuilt)} and ${shown(one.error)}`).join(', ')}. ` +
        `MMD² of ${TESTED} codes and the prior: ${all.map((one) => `${one.name} ${shown(one.statistic)} (p = ${one.pValue})`).join(', ')}.`,
      figures: {
        data: `${source}, ${split.train.count} to train on and ${test.count} to test on`,
        found: all.map(({ codes: _codes, rebuilt: _rebuilt, drawn: _drawn, ...rest }) => rest),
      },
      checks: ours.flatMap((one) => [
        // Of laws that do not overlap it is near 1. The p-value is no check: of real digits the test finds the
        // codes of all three.
        atMost(`${one.name}: MMD² of codes and prior`, one.statistic, 0.02),
        atLeast(
          `${one.name}: sharpness of rebuilt images over that of the variational one`,
          one.sharpness.rebuilt / variational.sharpness.rebuilt,
          1.03,
        ),
        atMost(
          `${one.name}: squared error over that of the variational one`,
          one.error / variational.error,
          1,
        ),
      ]),
      pictures: {
        'images.svg': labelledImages({
          title: 'Rebuilt and drawn',
          subtitle: `${source} that were not trained on, and codes drawn from the prior; ${LATENT} numbers each`,
          rows: test.rows,
          columns: test.columns,
          lines: [
            { label: 'image', images: firstOf(test.grey) },
            ...all.map(({ name, rebuilt }) => ({
              label: `${name}, rebuilt`,
              images: firstOf(rebuilt),
            })),
            ...all.map(({ name, drawn }) => ({
              label: `${name}, from the prior`,
              images: firstOf(drawn),
            })),
          ],
        }),
        'codes.svg': await panels(
          all.map(({ name, codes }) => codesBesidePrior(name, codes, prior, 5)),
        ),
      },
    };
  },
};
