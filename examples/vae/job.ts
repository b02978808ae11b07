/** The main job: trains a VAE on digits and leaves its pictures, metrics and a checkpoint. */
import { type Key, foldIn, freeState, key as keyOf, showDerivation, useBackend } from 'marginalia';
import { showBackendError } from 'marginalia/backends';
import { showIdxError } from 'marginalia/data';
import { evaluator } from 'marginalia/inference';
import { Refusal, orRefuse } from '../command-line/refusal.js';
import { inOutFolder } from '../command-line/out-folder.js';
import { engineOf } from '../command-line/run-options.js';
import { untilStopped } from '../command-line/stop.js';
import { loadImages } from '../data/image-files.js';
import { type Split, binarisedOnce, imageRows } from '../data/images.js';
import { refuseTooLarge } from './memory.js';
import { type VaeOptions, vae } from './model.js';
import type { Options } from './options.js';
import { report } from './report.js';
import { CHECKPOINT, settingsOf, startFrom } from './resume.js';
import { totalSteps, train } from './train.js';

/** What a run needs beside its options. */
interface Prepared {
  readonly seed: Key;
  readonly split: Split;
  readonly backend: string;
}

const prepare = async (options: Options): Promise<Prepared> => {
  const backend = orRefuse(await useBackend(options.backend)(), showBackendError);
  const seed = keyOf(options.seed);
  const split = orRefuse(await loadImages(options.data, seed)(), showIdxError);
  const { train: images, test, source } = split;
  if (images.rows !== test.rows || images.columns !== test.columns) {
    throw new Refusal(
      `${source}: training images are ${images.rows}x${images.columns}, but test images are ` +
        `${test.rows}x${test.columns}; give files of one size.`,
    );
  }
  if (options.batch > images.count) {
    throw new Refusal(
      `--batch: expected at most ${images.count}, the number of training images, but got ${options.batch}.`,
    );
  }
  refuseTooLarge({ ...options, pixels: images.rows * images.columns });
  return { seed, split, backend };
};

const trainAndReport = async (
  options: Options,
  { seed, split, backend }: Prepared,
): Promise<number> => {
  const { train: images, test: grey, source } = split;
  // The test set is the same whatever the seed, so that bounds of different runs compare.
  const test = binarisedOnce(grey, foldIn(keyOf(0), 'test pixels'));
  const sizes: VaeOptions = { ...options, pixels: images.rows * images.columns };
  const inference = vae(sizes, options.particles);
  const example = imageRows(test, 0, Math.min(2, test.count));
  const template = inference.init(seed, example);
  example.dispose();
  console.log(`${showDerivation(template.derivation)}\n`);
  const settings = settingsOf(options, split);
  const start = await startFrom(options, settings, template);
  console.log(
    `${images.count} training and ${test.count} test images (${source}); ` +
      `${totalSteps(options, split)} steps of ${options.batch}; backend ${backend}.`,
  );
  const keys = { seed, test: foldIn(keyOf(0), 'test draws') };
  const evaluation = evaluator(inference, engineOf(options));
  const outcome = await untilStopped(async (signal) => {
    const data = { images, test, keys };
    const trained = await train(inference, evaluation, options, data, start, settings, signal);
    return { value: trained, step: trained.state.step, finished: trained.finished };
  });
  const figures = await report({
    evaluation,
    options,
    vae: sizes,
    outcome,
    test,
    source,
    backend,
    keys,
  });
  await evaluation.close();
  freeState(outcome.state);
  console.log(
    `Test ELBO ${figures.testElbo.toFixed(2)}, log p(x) ${figures.testLogEvidence.toFixed(2)} nats ` +
      `per image, after ${outcome.seconds.toFixed(0)} s of training. See ${options.out}.`,
  );
  return 0;
};

/** Does it; the exit code. */
export const job = async (options: Options): Promise<number> => {
  const prepared = await prepare(options);
  return inOutFolder(options, [CHECKPOINT], () => trainAndReport(options, prepared));
};
