/** A bound that is taken many times: its graph is made once, in double precision where it has one. */
import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../../dsl/records/dictionary.js';
import type { Objective } from '../../bounds/objective.js';
import { withGradients } from '../../inference/gradients.js';
import { once } from '../../../dsl/records/once.js';
import { putUnder, takeUnder } from '../../../dsl/records/record-paths.js';
import { type BoundOf, type Pair, estimatorOf } from './inference.js';
import { noiseNumbers, numbersOf, numericFunction } from './numeric-function.js';

/**
 * An objective of two programs as `boundOf` gives it, each of its graphs made when it is first asked for.
 * What takes a hundred kernels of TensorFlow.js a draw is a loop here; making it takes as long as some
 * draws, so that it pays where there are ten or more.
 */
export const numericBound = (pair: Pair, objective: Objective): BoundOf => {
  const { derivation, estimate } = estimatorOf(pair, objective);
  const values = once(() =>
    numericFunction(pair.params, (at, noise) => ({ value: estimate(noise, at).value })),
  );
  const gradients = once(() =>
    numericFunction(pair.params, (at, noise) => {
      const { kept, gradients: found } = withGradients(at, (params) => {
        const { surrogate, value } = estimate(noise, params);
        return { loss: surrogate, keep: { value } };
      });
      return { value: kept['value'] ?? tf.scalar(Number.NaN), ...putUnder('gradients', found) };
    }),
  );
  return {
    derivation,
    value: (noise, params = pair.params) => {
      const { noises, at } = values();
      return at(numbersOf(params), noiseNumbers(noises, noise))['value']?.[0] ?? Number.NaN;
    },
    found: (noise) => {
      const { noises, at } = gradients();
      const found = at(numbersOf(pair.params), noiseNumbers(noises, noise));
      return {
        value: found['value']?.[0] ?? Number.NaN,
        // Overwritten by the next call.
        gradients: mapped(takeUnder('gradients', found), (xs) => Array.from(xs)),
      };
    },
  };
};
