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
  fit,
  foldIn,
  freeState,
  paramValues,
  rowsOf,
  showFitError,
  svi,
} from 'marginalia';
import { orRefuse } from '../command-line/refusal.js';
import type { Rows } from './data.js';
import { type Ppca, logEvidence, posterior } from './exact.js';
import { type Matrix, transpose } from './matrix.js';
import { ppcaGuide, ppcaModel } from './model.js';

export interface FitPpcaOptions {
  readonly latent: number;
  readonly steps: number;
  readonly batch: number;
  readonly samples: number;
  readonly key: Key;
}

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
  { latent, steps, batch, samples, key }: FitPpcaOptions,
): Promise<FittedPpca> => {
  const sizes = { width, latent };
  const model = ppcaModel(sizes);
  const inference = svi({
    model: (x: Tensor) => condition(model(x.shape[0] ?? 0), { x }),
    guide: ppcaGuide(sizes),
    objective: elbo(),
    optimizer: adam(cosineDecay(0.05, steps)),
  });
  const began = performance.now();
  const fitted = orRefuse(
    await fit({
      svi: inference,
      data: rowsOf(values, [width]),
      batchSize: Math.min(batch, count),
      length: { steps },
      key: foldIn(key, 'train'),
    })(),
    showFitError,
  );
  const trainSeconds = (performance.now() - began) / 1000;
  const x = tf.tensor2d(values, [count, width]);
  const data = matrixOf(x);
  const ppca = ppcaOf(fitted.state);
  const evaluation = evaluator(inference);
  const sampling = { key: foldIn(key, 'bracket'), samples, chunk: 16 };
  const exactPosterior = posterior(ppca, data);
  const bracket = await evaluation.bracket(fitted.state, x, sampling);
  const sureBracket = await evaluation.bracket(fitted.state, x, {
    ...sampling,
    posterior: exactPosterior,
  });
  await evaluation.close();
  freeState(fitted.state);
  x.dispose();
  return {
    ppca,
    exact: logEvidence(ppca, data).reduce((a, b) => a + b, 0),
    bracket,
    sureBracket,
    trainSeconds,
  };
};
