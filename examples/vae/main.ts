/** The main job: trains a VAE on digits and leaves its pictures, metrics and a checkpoint. */
import {
  freeState,
  type Svi,
  type Tensor,
  adam,
  condition,
  elbo,
  evaluator,
  foldIn,
  key as keyOf,
  showBackendError,
  showDerivation,
  showIdxError,
  svi,
  useBackend,
} from 'marginalia';
import { Refusal, orRefuse } from '../command-line/refusal.js';
import { run as startWith } from '../command-line/run.js';
import { binarisedOnce, imageRows, loadImages } from './data.js';
import { type VaeOptions, vaeGuide, vaeModel } from './model.js';
import { type Options, readOptions } from './options.js';
import { report } from './report.js';
import { startFrom } from './resume.js';
import { totalSteps, train } from './train.js';

const infer = (vae: VaeOptions, particles: number): Svi<Tensor> => {
  const model = vaeModel(vae);
  return svi({
    model: (x: Tensor) => condition(model(x.shape[0] ?? 0), { x }),
    guide: vaeGuide(vae),
    objective: elbo({ particles }),
    optimizer: adam(1e-3),
  });
};

const run = async (options: Options): Promise<number> => {
  const backend = orRefuse(await useBackend(options.backend)(), showBackendError);
  const seed = keyOf(options.seed);
  const split = orRefuse(await loadImages(options.data, seed)(), showIdxError);
  const { train: images, test: grey, source } = split;
  if (images.rows !== grey.rows || images.columns !== grey.columns) {
    throw new Refusal(
      `${source}: training images are ${images.rows}x${images.columns}, but test images are ` +
        `${grey.rows}x${grey.columns}; give files of one size.`,
    );
  }
  // The test set is the same whatever the seed, so that bounds of different runs compare.
  const test = binarisedOnce(grey, foldIn(keyOf(0), 'test pixels'));
  const vae: VaeOptions = { ...options, pixels: images.rows * images.columns };
  const inference = infer(vae, options.particles);
  const example = imageRows(test, 0, Math.min(2, test.count));
  const template = inference.init(seed, example);
  example.dispose();
  console.log(`${showDerivation(template.derivation)}\n`);
  const start = await startFrom(options, template);
  console.log(
    `${images.count} training and ${test.count} test images (${source}); ` +
      `${totalSteps(options, split)} steps of ${options.batch}; backend ${backend}.`,
  );

  const cancel = new AbortController();
  const interrupt = (): void => cancel.abort();
  process.once('SIGINT', interrupt);
  const keys = { seed, test: foldIn(keyOf(0), 'test draws') };
  const evaluation = evaluator(inference, { engine: options.engine });
  const outcome = await train(
    inference,
    evaluation,
    options,
    { images, test, keys },
    start,
    cancel.signal,
  );
  process.off('SIGINT', interrupt);
  if (!outcome.finished) {
    console.log(`Stopped at step ${outcome.state.step}; go on with --resume.`);
    return 130;
  }
  const figures = await report({ evaluation, options, vae, outcome, test, source, backend, keys });
  await evaluation.close();
  freeState(outcome.state);
  console.log(
    `Test ELBO ${figures.testElbo.toFixed(2)}, log p(x) ${figures.testLogEvidence.toFixed(2)} nats ` +
      `per image, after ${outcome.seconds.toFixed(0)} s of training. See ${options.out}.`,
  );
  return 0;
};

await startWith(readOptions(process.argv.slice(2)), run);
