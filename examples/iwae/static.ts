/** Digits whose pixels were drawn once, by one draw of a code: the bound and the evidence to beat. */
import { type SviState, freeState, key } from 'marginalia';
import { evaluator } from 'marginalia/inference';
import { type Images, greyRows, loadBinarisedMnist, pixelsOf, someImages } from '../data/index.js';
import { heldOutBound, heldOutEvidence, meanOf } from '../gallery/held-out.js';
import type { Setting } from '../gallery/index.js';
import { importanceWeightedAutoencoder } from './model.js';

/** What a VAE of these sizes was published with, after 65,000 steps of 128; nats per image, log p by 128 draws. */
export const TO_BEAT = { bound: -103.31, evidence: -97.1 };

const SIZES = { latent: 128, hidden: 256 };
const BATCH = 128;

/** Nats per held-out image. */
export interface StaticResult {
  readonly bound: number;
  readonly evidence: number;
  readonly steps: number;
  readonly cpuSeconds: number;
}

/** Trains on the pixels as they are. */
export const staticResult = async (
  { data, key: seed, engine, fitWithCurves, say }: Setting,
  steps: number,
): Promise<StaticResult> => {
  const { train, test } = await loadBinarisedMnist(data, seed);
  const svi = importanceWeightedAutoencoder(
    { ...SIZES, pixels: pixelsOf(test) },
    { particles: 1, gradient: 'pathwise' },
    steps,
  );
  const evaluation = evaluator(svi, engine);
  // The file has its images by their class.
  const few = someImages(test, 1000);
  const boundOf = async (state: SviState, images: Images): Promise<number> =>
    (await heldOutBound(evaluation, state, images, key(4))).bound;
  const { state, cpuSeconds } = await fitWithCurves({
    name: 'static',
    svi,
    data: greyRows(train),
    batchSize: BATCH,
    steps,
    watch: {
      every: Math.ceil(steps / 8),
      measure: async (at) => {
        const bound = await boundOf(at, few);
        say(`static, step ${at.step}: bound ${bound.toFixed(2)}.`);
        return bound;
      },
    },
  });
  const bound = await boundOf(state, test);
  const evidence = meanOf(await heldOutEvidence(evaluation, state, test, 128, key(5)));
  await evaluation.close();
  freeState(state);
  say(
    `static: bound ${bound.toFixed(2)}, log p(x) ${evidence.toFixed(2)} nats, ${cpuSeconds.toFixed(0)} s.`,
  );
  return { bound, evidence, steps, cpuSeconds };
};
