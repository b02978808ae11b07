import * as tf from '@tensorflow/tfjs';
import { expand } from '../combinators/expand.js';
import { independent } from '../combinators/independent.js';
import { bernoulli } from '../distributions/classes/bernoulli.js';
import { type Rule, checkOptions, required, whole } from '../refusals/options.js';
import { checkName } from '../program/name.js';
import { noiseOver } from '../program/noise.js';
import { type Program, program } from '../program/program.js';
import { takeLast } from '../tensors/shape.js';
import type { Tensor } from '../tensors/tensor.js';

export interface DropoutOptions {
  /** The probability that a number is dropped, from 0 to below 1. */
  readonly rate: number;
  /** How many of the last axes are one value's: 1 for features, the default, and 3 for images. */
  readonly axes?: number;
}

/** A probability below 1. */
export const rateRule: Rule = {
  expected: 'a number from 0 to below 1',
  holds: (value) => typeof value === 'number' && value >= 0 && value < 1,
  cure: 'pass 0.5, say',
};

/**
 * Dropout: each number is 0 with probability `rate` and else divided by 1 − `rate`, so that its mean stays;
 * at evaluation nothing is dropped (Srivastava et al. 2014, Dropout, JMLR 15, section 10). It is drawn anew
 * in every step, for every row, particle and visit. Inside a plate rows are its elements: where an input has other
 * axes on its left a `SiteError` is thrown, until they are counted by `axes`.
 *
 * @example
 * ```ts
 * const drop = dropout('drop', { rate: 0.75 });
 * const x = tf.ones([2, 100]);
 * new Set(simulate(drop(x), { key: key(0) }).dataSync()); // new Set([4, 0])
 * new Set(simulate(evaluation(drop(x)), {}).dataSync()); // new Set([1])
 * ```
 */
export const dropout = (name: string, options: DropoutOptions) => {
  checkName('network', name);
  checkOptions(`dropout '${name}'`, options, { rate: required(rateRule), axes: whole(0) });
  const { rate, axes = 1 } = options;
  const keep = 1 - rate;
  return (x: Tensor): Program<never, Tensor> =>
    program(function* () {
      if (rate === 0) return x;
      const event = takeLast(x.shape, Math.min(axes, x.rank));
      const law = independent(expand(bernoulli({ probs: keep }), event), event.length);
      const kept = yield* noiseOver(name, law, { evaluation: keep }, x);
      return tf.mul(x, tf.div(kept, keep));
    });
};
