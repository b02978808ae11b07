/** What `fit` says of an inference before its first step. */
import type * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Program,
  type Svi,
  elbo,
  fit,
  freeState,
  key,
  sgd,
  svi,
} from 'marginalia';
import type { Dataset } from 'marginalia/data';
import { LintError } from 'marginalia/lint';
import { right } from '../either.js';

type AnyProgram = Program<unknown, unknown>;

/** A program for each batch. */
export type Of<B> = (batch: B) => AnyProgram;

export const inferenceOf = <B>(model: Of<B>, guide: Of<B>, objective: Objective = elbo()): Svi<B> =>
  svi({ model, guide, objective, optimizer: sgd(0.01) });

/** What fit says: the rules of its errors, or its warnings. */
export const said = async <B extends tf.TensorContainer>(
  inference: Svi<B>,
  data: Dataset<B>,
  options: {
    readonly batchSize?: number;
    readonly shuffle?: boolean;
    readonly steps?: number;
  } = {},
): Promise<readonly string[]> => {
  const warnings: string[] = [];
  const { batchSize = 4, shuffle = true, steps = 2 } = options;
  try {
    const { state } = right(
      await fit({
        svi: inference,
        data,
        batchSize,
        shuffle,
        length: { steps },
        key: key(0),
        engine: 'eager',
        onWarning: (warning) => warnings.push(warning),
      })(),
    );
    freeState(state);
    return warnings;
  } catch (error) {
    if (error instanceof LintError) return error.findings.map((f) => `${f.rule} at ${f.site}`);
    throw error;
  }
};
