/** Fits the model and its guide, and brackets the evidence of all data. */
import * as tf from '@tensorflow/tfjs';
import {
  type Bracket,
  type Key,
  type SviState,
  type Tensor,
  adam,
  condition,
  cosineDecay,
  elbo,
  evaluator,
  foldIn,
  freeState,
  paramValues,
  rowsOf,
  svi,
} from 'marginalia';
import { fingerprint } from '../command-line/fingerprint.js';
import { fitInFolder } from '../command-line/fit-in-folder.js';
import { engineOf } from '../command-line/run-options.js';
import type { Rows } from './data.js';
import { type Ppca, logEvidence, posterior } from './exact.js';
import { type Matrix, transpose } from './matrix.js';
import { ppcaGuide, ppcaModel } from './model.js';
import type { Options } from './options.js';

/** The name of the fit. */
export const FIT = 'ppca';

export interface FittedPpca {
  readonly ppca: Ppca;
  /** log p of all data under the fitted model, nats. */
  readonly exact: number;
  /** With the guide's draws alone. */
  readonly bracket: Bracket;
  /** With draws of the exact posterior as well. */
  readonly sureBracket: Bracket;
  readonly trainSeconds: number;
}

const matrixOf = (x: Tensor | undefined): Matrix => {
  const width = x?.shape.at(-1) ?? 1;
  const values = [...(x?.dataSync() ?? [])];
  return Array.from({ length: values.length / width }, (_, i) =>
    values.slice(i * width, (i + 1) * width),
  );
};

const ppcaOf = (state: SviState): Ppca => {
  const values = paramValues(state);
  const ppca = {
    weights: transpose(matrixOf(values['decoder/kernel'])),
    mean: matrixOf(values['decoder/bias'])[0] ?? [],
    scale: matrixOf(values['scale'])[0]?.[0] ?? Number.NaN,
  };
  tf.dispose(values);
  return ppca;
};

/** Trains by the ELBO with its divergence in closed form, then brackets log p of all rows. */
export const fitPpca = async (
  { values, count, width }: Rows,
  key: Key,
  options: Options,
): Promise<FittedPpca> => {
  const { latent, steps, batch, samples, seed } = options;
  const sizes = { width, latent };
  const model = ppcaModel(sizes);
  const inference = svi({
    model: (x: Tensor) => condition(model(x.shape[0] ?? 0), { x }),
    guide: ppcaGuide(sizes),
    objective: elbo(),
    optimizer: adam(cosineDecay(0.05, steps)),
  });
  const began = performance.now();
  const { state } = await fitInFolder(
    {
      name: FIT,
      svi: inference,
      data: rowsOf(values, [width]),
      batchSize: Math.min(batch, count),
      steps,
      key: foldIn(key, 'train'),
      settings: {
        steps: String(steps),
        latent: String(latent),
        batch: String(batch),
        seed: String(seed),
        data: fingerprint(values),
      },
    },
    options,
  );
  const trainSeconds = (performance.now() - began) / 1000;
  const x = tf.tensor2d(values, [count, width]);
  const data = matrixOf(x);
  const ppca = ppcaOf(state);
  const evaluation = evaluator(inference, engineOf(options));
  const sampling = { key: foldIn(key, 'bracket'), samples, chunk: 16 };
  const exactPosterior = posterior(ppca, data);
  const bracket = await evaluation.bracket(state, x, sampling);
  const sureBracket = await evaluation.bracket(state, x, {
    ...sampling,
    posterior: exactPosterior,
  });
  await evaluation.close();
  freeState(state);
  x.dispose();
  return {
    ppca,
    exact: logEvidence(ppca, data).reduce((a, b) => a + b, 0),
    bracket,
    sureBracket,
    trainSeconds,
  };
};
