/** The autoencoder of npm start with codes of 2, 5, 10 and 20 numbers: what each keeps and makes. */
import * as tf from '@tensorflow/tfjs';
import { type SviState, foldIn, freeState, key } from 'marginalia';
import { evaluator } from 'marginalia/inference';
import { map } from 'marginalia/monad';
import { randomNormal } from 'marginalia/random';
import {
  binarised,
  binarisedOnce,
  firstImages,
  imagesBetween,
  loadDigits,
  pixelsOf,
} from '../data/index.js';
import { decoded, encoded, heldOutBound, heldOutEvidence, meanOf } from '../gallery/held-out.js';
import { type Example, type Setting, type Shown, atLeast, atMost } from '../gallery/index.js';
import { labelledImages, latentPlane, lineChart } from '../pictures/index.js';
import { type VaeOptions, vae, vaeGuide, vaeModel } from './model.js';
import { quantile } from './quantile.js';

const LATENTS = [2, 5, 10, 20];
const SHOWN = 12;
const ACROSS = 12;

const settingsOf = ({ quick, data }: Setting) =>
  quick
    ? { counts: { train: 3000, test: 300 }, hidden: 100, steps: 1000, samples: 50 }
    : { counts: {}, hidden: 256, steps: data === undefined ? 4000 : 12000, samples: 200 };

/** One size of code, nats per held-out image. */
interface Measured {
  readonly latent: number;
  readonly bound: number;
  readonly evidence: number;
  readonly samples: Float32Array;
  readonly rebuilt: Float32Array;
}

const chances = (sizes: VaeOptions) => {
  const model = vaeModel(sizes);
  return (count: number) => map((logits: tf.Tensor) => tf.sigmoid(logits))(model(count));
};

/** The plane of codes decoded, at values that the prior makes equally likely. */
const plane = (sizes: VaeOptions, state: SviState): Float32Array => {
  const at = (i: number): number => quantile((i + 0.5) / ACROSS);
  const codes = Array.from({ length: ACROSS ** 2 }, (_, i) => [
    at(i % ACROSS),
    -at(Math.floor(i / ACROSS)),
  ]);
  const z = tf.tensor2d(codes);
  const images = decoded(chances(sizes), state, z);
  z.dispose();
  return images;
};

/** Φ(z), for where a value stands along an axis of quantiles. */
const standing = (z: number): number => {
  let [low, high] = [0, 1];
  for (let i = 0; i < 40; i += 1) {
    const middle = (low + high) / 2;
    if (quantile(middle) < z) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

const run = async (setting: Setting): Promise<Shown> => {
  const { counts, hidden, steps, samples } = settingsOf(setting);
  const { train, test: grey, source } = await loadDigits(setting.data, setting.key, counts);
  const test = binarisedOnce(grey, key(0));
  const some = imagesBetween(test, 0, SHOWN);
  const found: Measured[] = [];
  let manifold: Float32Array = new Float32Array();
  for (const latent of LATENTS) {
    const sizes: VaeOptions = { pixels: pixelsOf(test), latent, hidden, posterior: 'diagonal' };
    const svi = vae(sizes);
    const state = await setting.fit({
      name: `${latent} latents`,
      svi,
      data: binarised(train),
      batchSize: 100,
      steps,
    });
    const evaluation = evaluator(svi, setting.engine);
    const { bound } = await heldOutBound(evaluation, state, test, key(1));
    const evidence = meanOf(
      await heldOutEvidence(evaluation, state, test, setting.capped(samples), key(2)),
    );
    await evaluation.close();
    const drawn = tf.tensor2d(randomNormal(foldIn(key(3), latent), SHOWN * latent), [
      SHOWN,
      latent,
    ]);
    const codes = encoded(vaeGuide(sizes), state, some);
    found.push({
      latent,
      bound,
      evidence,
      samples: decoded(chances(sizes), state, drawn),
      rebuilt: decoded(chances(sizes), state, codes),
    });
    if (latent === 2) manifold = plane(sizes, state);
    tf.dispose([drawn, codes]);
    freeState(state);
  }
  const boundOf = (latent: number): number =>
    found.find((one) => one.latent === latent)?.bound ?? Number.NaN;
  const imagesOf = (levels: Float32Array): readonly Float32Array[] =>
    firstImages({ ...some, grey: levels }, SHOWN);
  const shape = { rows: some.rows, columns: some.columns };
  const lineOf = ({ latent, bound }: Measured, images: Float32Array) => ({
    label: `${latent} numbers, bound ${bound.toFixed(1)}`,
    images: imagesOf(images),
  });
  return {
    headline: `The bound of codes of ${LATENTS.join(', ')} numbers: ${found.map(({ bound }) => bound.toFixed(1)).join(', ')} nats per held-out image.`,
    figures: {
      data: source,
      unit: 'nats per image',
      steps,
      sizes: found.map(({ latent, bound, evidence }) => ({ latent, bound, logEvidence: evidence })),
    },
    checks: [
      atLeast('bound, 5 numbers less 2, nats', boundOf(5) - boundOf(2), 5),
      atLeast('bound, 10 numbers less 2, nats', boundOf(10) - boundOf(2), 5),
      // What a code has to spare the prior keeps: it costs next to nothing.
      atLeast('bound, 20 numbers less 10, nats', boundOf(20) - boundOf(10), -3),
      atMost(
        'largest gap of bound over log p(x), nats',
        Math.max(...found.map((f) => f.bound - f.evidence)),
        0,
      ),
    ],
    pictures: {
      'manifold.svg': latentPlane({
        title: 'The plane of codes, decoded',
        subtitle: `${source}, 2 numbers; equal steps along an axis are equally likely`,
        images: manifold,
        across: ACROSS,
        ...shape,
        place: standing,
        ticks: [-1.5, -1, -0.5, 0, 0.5, 1, 1.5],
        names: ['z₁', 'z₂'],
      }),
      'samples.svg': labelledImages({
        title: 'Images that are drawn, by the numbers of their code',
        subtitle: `chances of ink at codes from the prior; trained on ${source}`,
        ...shape,
        lines: found.map((one) => lineOf(one, one.samples)),
      }),
      'reconstructions.svg': labelledImages({
        title: 'Held-out images rebuilt, by the numbers of their code',
        ...shape,
        lines: [
          { label: 'real', images: imagesOf(some.grey) },
          ...found.map((one) => lineOf(one, one.rebuilt)),
        ],
      }),
      'bounds.svg': await lineChart({
        title: 'Bound and evidence by the numbers of a code',
        subtitle: `${source}, held-out images, ${steps} steps of 100`,
        x: { title: 'numbers of a code', ticks: LATENTS },
        y: { title: 'nats per image' },
        lines: [
          { name: 'log p(x)', points: found.map((f) => [f.latent, f.evidence]), dots: true },
          { name: 'bound', points: found.map((f) => [f.latent, f.bound]), dots: true },
        ],
      }),
    },
  };
};

export const example: Example = {
  name: 'vae',
  sentence: 'The variational autoencoder of npm start, with codes of 2, 5, 10 and 20 numbers.',
  equations: [
    'p(z) = \\mathcal{N}(0, I), \\quad p(x \\mid z) = \\prod_i \\mathrm{Bernoulli}(x_i; \\mathrm{decoder}(z)_i), \\quad q(z \\mid x) = \\mathcal{N}(\\mu(x), \\mathrm{diag}\\,\\sigma^2(x))',
    '\\log p(x) \\ge \\mathbb{E}_{q(z \\mid x)}[\\log p(x \\mid z)] - \\mathrm{KL}(q(z \\mid x) \\,\\|\\, p(z))',
  ],
  run,
};
