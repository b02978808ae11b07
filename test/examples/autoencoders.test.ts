/** The variational autoencoders of the gallery: each runs, and leaves its figures and pictures. */
import { describe, expect, it } from 'vitest';
import type { Example, Shown } from '../../examples/gallery/example.js';
import { example as amortisation } from '../../examples/amortisation/main.js';
import { example as betaVae } from '../../examples/beta-vae/main.js';
import { example as convolutionalVae } from '../../examples/convolutional-vae/main.js';
import { example as evidence } from '../../examples/evidence/main.js';
import { example as fullCovarianceVae } from '../../examples/full-covariance-vae/main.js';
import { example as iwae } from '../../examples/iwae/main.js';
import { example as vae } from '../../examples/vae/sizes.js';
import { shownBy } from './gallery-run.js';

const number: unknown = expect.any(Number);

const cases: readonly (readonly [Example, object, readonly string[]])[] = [
  [
    vae,
    { sizes: [2, 5, 10, 20].map((latent) => ({ latent, bound: number, logEvidence: number })) },
    ['manifold.svg', 'samples.svg', 'reconstructions.svg', 'bounds.svg'],
  ],
  [
    fullCovarianceVae,
    { full: { bound: number, evidence: number }, meanAbsoluteCorrelation: number },
    ['correlations.svg', 'images.svg'],
  ],
  [
    convolutionalVae,
    { subjects: ['digits', 'faces'].map((name) => ({ name, networks: [{}, {}] })) },
    ['digits.svg', 'faces.svg', 'bounds.svg'],
  ],
  [
    betaVae,
    { byBeta: [0.5, 1, 2, 4].map((beta) => ({ beta, rate: number, distortion: number })) },
    ['rate-distortion.svg', 'annealing.svg', 'reconstructions.svg'],
  ],
  [
    iwae,
    { table: [1, 5, 5, 50, 50].map((particles) => ({ particles, negativeLogEvidence: number })) },
    ['table.svg', 'time.svg'],
  ],
  [
    amortisation,
    { heldOut: { amortisationGap: number, approximationGap: number } },
    ['time.svg', 'gaps.svg'],
  ],
  [evidence, { heldOut: { integral: number } }, ['evidence.svg']],
];

const finite = (shown: Shown): readonly string[] =>
  shown.checks.filter(({ found }) => !Number.isFinite(found)).map(({ what }) => what);

describe('variational autoencoders', () => {
  it.each(cases)('$name leaves figures and pictures', async (example, figures, pictures) => {
    const shown = await shownBy(example, 2);
    expect(finite(shown)).toEqual([]);
    expect(shown.figures).toMatchObject({
      data: expect.stringMatching(/^drawn digits/),
      ...figures,
    });
    expect(Object.keys(shown.pictures)).toEqual(pictures);
    for (const picture of Object.values(shown.pictures)) expect(picture).toMatch(/^<svg/);
  });
});
