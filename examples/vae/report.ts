/** What a finished run leaves: pictures and metrics, each written atomically. */
import { type Key, type Tensor, foldIn, showDerivation } from 'marginalia';
import type { Evaluator } from 'marginalia/inference';
import { METRICS } from '../command-line/out-folder.js';
import { asJson, writeResults } from '../command-line/write-results.js';
import { boundCurve } from '../pictures/curve.js';
import type { Images } from '../data/images.js';
import { heldOutBound, heldOutEvidence, meanOf } from '../gallery/held-out.js';
import { type VaeOptions, vaeGuide, vaeModel } from './model.js';
import type { Options } from './options.js';
import { type Trained, manifold, priorSamples, reconstructions } from './pictures.js';
import type { Outcome } from './train.js';

export interface ReportInput {
  readonly evaluation: Evaluator<Tensor>;
  readonly options: Options;
  readonly vae: VaeOptions;
  readonly outcome: Outcome;
  readonly test: Images;
  readonly source: string;
  readonly backend: string;
  readonly keys: { readonly seed: Key; readonly test: Key };
}

/** The figures of a run, nats per image. */
export interface Figures {
  readonly testElbo: number;
  readonly testLogEvidence: number;
}

/** Measures the trained model on the test set and writes pictures and metrics to the out folder. */
export const report = async ({
  evaluation,
  options,
  vae,
  outcome: { state, history, seconds },
  test,
  source,
  backend,
  keys,
}: ReportInput): Promise<Figures> => {
  const { bound, terms } = await heldOutBound(evaluation, state, test, keys.test);
  const logEvidence = meanOf(
    await heldOutEvidence(
      evaluation,
      state,
      test,
      options.evidenceSamples,
      foldIn(keys.test, 'evidence'),
    ),
  );
  const trained: Trained = {
    model: vaeModel(vae),
    guide: vaeGuide(vae),
    params: state.params,
    latent: options.latent,
    key: foldIn(keys.seed, 'pictures'),
  };
  const metrics = {
    testElbo: bound,
    testLogEvidence: logEvidence,
    testTerms: terms,
    evidenceSamples: options.evidenceSamples,
    unit: 'nats per image',
    steps: state.step,
    trainSeconds: seconds,
    backend,
    data: source,
    options,
    derivation: showDerivation(state.derivation),
    history,
  };
  await writeResults(options.out, {
    'manifold.png': manifold(trained, test),
    'samples.png': priorSamples(trained, test),
    'reconstructions.png': reconstructions(trained, test),
    'bound.svg': await boundCurve({ ...history, title: `ELBO, ${source}` }),
    [METRICS]: asJson(metrics),
  });
  return { testElbo: bound, testLogEvidence: logEvidence };
};
