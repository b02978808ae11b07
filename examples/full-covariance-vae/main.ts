/** Diagonal against full covariance of the posterior of a code: from the same start, for as many steps. */
import * as tf from '@tensorflow/tfjs';
import { type SviState, freeState, key, trace } from 'marginalia';
import { type Params, evaluator } from 'marginalia/inference';
import {
  type Images,
  binarised,
  binarisedOnce,
  imageRows,
  imagesBetween,
  loadDigits,
  pixelsOf,
} from '../data/index.js';
import { heldOutBound, heldOutEvidence, meanOf } from '../gallery/held-out.js';
import { type Example, type Setting, type Shown, atLeast } from '../gallery/index.js';
import { type Covariance, type Sizes, fullCovarianceVae, inferred } from './model.js';
import { type Correlations, pictures } from './pictures.js';

const settingsOf = ({ quick, data }: Setting) =>
  quick
    ? { counts: { train: 3000, test: 300 }, hidden: 100, steps: 1000, more: 1000, samples: 50 }
    : {
        counts: {},
        hidden: 200,
        steps: data === undefined ? 4000 : 12000,
        more: data === undefined ? 4000 : 12000,
        samples: 200,
      };

/** The correlations of the code of each image under q(z | x), from L Lᵀ. */
const correlations = (
  sizes: Sizes,
  { params, key: of }: SviState,
  images: Images,
): readonly Correlations[] =>
  tf.tidy(() => {
    const { L } = trace(inferred(sizes, 'full')(imageRows(images)), { params, key: of }).sites;
    if (L === undefined) throw new Error("full-covariance-vae: the guide has no site 'L'.");
    const rows = tf.div(L.value, tf.norm(L.value, 'euclidean', -1, true));
    const flat = tf.matMul(rows, rows, false, true).dataSync();
    const k = sizes.latent;
    return Array.from({ length: images.count }, (_, n) =>
      Array.from({ length: k }, (_r, i) =>
        Array.from(flat.subarray((n * k + i) * k, (n * k + i + 1) * k)),
      ),
    );
  });

/** The mean of |correlation| between different entries. */
const strength = (all: readonly Correlations[]): number =>
  meanOf(all.flatMap((one) => one.flatMap((row, i) => row.slice(0, i).map(Math.abs))));

/** Nats per held-out image. */
interface Measured {
  readonly bound: number;
  readonly evidence: number;
}

const run = async (setting: Setting): Promise<Shown> => {
  const { counts, hidden, steps, more, samples } = settingsOf(setting);
  const { train, test: grey, source } = await loadDigits(setting.data, setting.key, counts);
  const test = binarisedOnce(grey, key(0));
  const sizes: Sizes = { pixels: pixelsOf(test), latent: 5, hidden };
  const trained = (name: string, covariance: Covariance, length: number, given: Params = {}) =>
    setting.fit({
      name,
      svi: fullCovarianceVae(sizes, covariance, setting.capped(length)),
      data: binarised(train),
      batchSize: 100,
      steps: length,
      given,
    });
  const measured = async (covariance: Covariance, state: SviState): Promise<Measured> => {
    const evaluation = evaluator(fullCovarianceVae(sizes, covariance, more), setting.engine);
    const { bound } = await heldOutBound(evaluation, state, test, key(1));
    const evidence = await heldOutEvidence(
      evaluation,
      state,
      test,
      setting.capped(samples),
      key(2),
    );
    await evaluation.close();
    return { bound, evidence: meanOf(evidence) };
  };

  // Two runs from different starts end a nat apart: both go on from one.
  const start = await trained('start', 'diagonal', steps);
  const diagonalState = await trained('diagonal', 'diagonal', more, start.params);
  const fullState = await trained('full', 'full', more, start.params);
  const diagonal = await measured('diagonal', diagonalState);
  const full = await measured('full', fullState);
  const found = correlations(sizes, fullState, imagesBetween(test, 0, 200));
  [start, diagonalState, fullState].forEach(freeState);

  const gapOf = ({ bound, evidence }: Measured): number => evidence - bound;
  const mean = strength(found);
  return {
    headline:
      `A full covariance has a bound of ${full.bound.toFixed(2)} nats per held-out image and a diagonal one ` +
      `${diagonal.bound.toFixed(2)}; its gap to log p(x) is ${gapOf(full).toFixed(2)} and not ` +
      `${gapOf(diagonal).toFixed(2)}, and the mean |correlation| of its codes is ${mean.toFixed(2)}.`,
    figures: {
      data: source,
      unit: 'nats per image',
      diagonal,
      full,
      meanAbsoluteCorrelation: mean,
    },
    checks: [
      atLeast('bound, full less diagonal, nats per image', full.bound - diagonal.bound, 0.05),
      atLeast(
        'gap to log p(x), diagonal less full, nats per image',
        gapOf(diagonal) - gapOf(full),
        0,
      ),
      // Of 50 draws of an uncorrelated pair it would be 0.11.
      atLeast('mean |correlation| of two entries of a code', mean, 0.1),
    ],
    pictures: await pictures({ images: imagesBetween(test, 0, 4), correlations: found, source }),
  };
};

export const example: Example = {
  name: 'full-covariance-vae',
  sentence: 'Codes whose entries may be correlated, against codes whose entries may not.',
  equations: [
    "q(z \\mid x) = \\mathcal{N}(\\mu, L L^\\top), \\quad L = \\mathrm{mask} \\odot L' + \\mathrm{diag}(\\sigma), \\quad (\\mu, \\log \\sigma, L') = \\mathrm{encoder}(x)",
    '\\log q(z \\mid x) = -\\tfrac{1}{2} \\lVert \\epsilon \\rVert^2 - \\sum_i \\log \\sigma_i - \\tfrac{k}{2} \\log 2\\pi, \\quad z = \\mu + L \\epsilon',
  ],
  run,
};
