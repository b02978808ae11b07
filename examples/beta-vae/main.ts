/** Rate against distortion as β grows, and what becomes of the rate where β is annealed. */
import { type SviState, freeState, key } from 'marginalia';
import { evaluator } from 'marginalia/inference';
import { binarised, binarisedOnce, imagesBetween, loadDigits, pixelsOf } from '../data/index.js';
import { decoded, encoded, heldOutBound } from '../gallery/held-out.js';
import type { Example, Setting, Shown } from '../gallery/index.js';
import { type Sizes, annealed, betaVae, generation, inference } from './model.js';
import { type Measured, type WithBeta, shown } from './shown.js';

const SHOWN = 10;

const settingsOf = ({ quick, data }: Setting) => {
  if (quick)
    return { counts: { train: 3000, test: 500 }, hidden: 100, steps: 800, betas: [0.5, 1, 2, 4] };
  const betas = [0.25, 0.5, 1, 2, 4, 8];
  return { counts: {}, hidden: 200, steps: data === undefined ? 3000 : 6000, betas };
};

const rateOf = (terms: Readonly<Record<string, number>>): number => -(terms['kl z'] ?? Number.NaN);

const run = async (setting: Setting): Promise<Shown> => {
  const { counts, hidden, steps, betas } = settingsOf(setting);
  const { train, test: grey, source } = await loadDigits(setting.data, setting.key, counts);
  const test = binarisedOnce(grey, key(0));
  const some = imagesBetween(test, 0, SHOWN);
  const sizes: Sizes = { pixels: pixelsOf(test), latent: 10, hidden };
  // β is a matter of training: all are measured by the same bound, with β = 1.
  const evaluation = evaluator(betaVae(sizes, 1), setting.engine);
  const measure = (state: SviState) => heldOutBound(evaluation, state, test, key(1));

  const trained = async (name: string, beta: Parameters<typeof betaVae>[1]): Promise<Measured> => {
    const { state, watched } = await setting.fitWithCurves({
      name,
      svi: betaVae(sizes, beta),
      data: binarised(train),
      batchSize: 100,
      steps,
      watch: {
        every: Math.ceil(steps / 20),
        measure: async (at) => rateOf((await measure(at)).terms),
      },
    });
    const { terms } = await measure(state);
    const z = encoded(inference(sizes), state, some);
    const rebuilt = decoded(generation(sizes), state, z);
    z.dispose();
    freeState(state);
    return {
      name,
      rate: rateOf(terms),
      distortion: -(terms['logLikelihood x'] ?? Number.NaN),
      rates: watched.map(({ step, value }) => [step, value]),
      rebuilt,
    };
  };

  const found: WithBeta[] = [];
  for (const beta of betas) found.push({ ...(await trained(`beta ${beta}`, beta)), beta });
  const warmed = await trained('annealed', annealed(steps / 2));
  await evaluation.close();
  return shown(found, warmed, { some, source, steps });
};

export const example: Example = {
  name: 'beta-vae',
  sentence:
    'How much a code says against how well it rebuilds: β counts the one against the other.',
  equations: [
    '\\mathbb{E}_{q(z \\mid x)}[\\log p(x \\mid z)] - \\beta \\, \\mathrm{KL}(q(z \\mid x) \\,\\|\\, p(z))',
    'R = \\mathrm{KL}(q(z \\mid x) \\,\\|\\, p(z)), \\quad D = -\\mathbb{E}_{q(z \\mid x)}[\\log p(x \\mid z)], \\quad -R - D \\le \\log p(x)',
  ],
  run,
};
