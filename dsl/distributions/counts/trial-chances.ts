/** The chance of a one in a trial, as log odds or as a probability, of laws that count trials. */
import * as tf from '@tensorflow/tfjs';
import { type Argument, argumentsOf } from '../../checks/argument.js';
import { type Domain, probability } from '../../checks/domain.js';
import type { Odds } from '../../divergences/discrete.js';
import { logChance, logOther, logSigmoid, logit } from '../../numerics/special.js';
import { real } from '../../supports/index.js';
import { type Tensor, asTensor } from '../../tensors/tensor.js';
import type { BernoulliParameters } from '../classes/bernoulli.js';
import { checkChances } from '../classes/chances.js';

export interface TrialChances {
  readonly odds: Odds;
  readonly given: readonly Argument[];
  readonly on: Tensor;
  readonly off: Tensor;
  readonly logOn: () => Tensor;
  readonly logOff: () => Tensor;
}

/** What was given, by its domains: that of a probability and that of log odds. */
export const trialChances = (
  who: string,
  parameters: BernoulliParameters,
  domains: { readonly probs: Domain; readonly logits: Domain } = {
    probs: probability,
    logits: real,
  },
): TrialChances => {
  checkChances(who, parameters);
  if ('logits' in parameters) {
    const logits = asTensor(parameters.logits);
    const other = tf.neg(logits);
    return {
      odds: { logits },
      given: argumentsOf(who, { logits: [parameters.logits, logits, domains.logits] }),
      on: tf.sigmoid(logits),
      off: tf.sigmoid(other),
      logOn: () => logSigmoid(logits),
      logOff: () => logSigmoid(other),
    };
  }
  const probs = asTensor(parameters.probs);
  return {
    odds: { logits: logit(probs), probs },
    given: argumentsOf(who, { probs: [parameters.probs, probs, domains.probs] }),
    on: probs,
    off: tf.sub(1, probs),
    logOn: () => logChance(probs),
    logOff: () => logOther(probs),
  };
};
