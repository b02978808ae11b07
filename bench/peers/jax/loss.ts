/**
 * Losses by hand in jax-js. Its arrays are owned: a use takes one away, and `.ref` is a use that
 * leaves it.
 */
import type { numpy as np } from '@jax-js/jax';
import type { ByHandCase, ConvolutionalVaeCase } from '../../case.js';
import { chainLoss } from './chain.js';
import { eightSchoolsLoss } from './eight-schools.js';
import { iwaeLoss } from './iwae.js';
import { logisticRegressionLoss } from './logistic-regression.js';
import { vaeLoss } from './vae.js';

export type Named = Readonly<Record<string, np.Array>>;

/** −bound in nats; owns its arguments. Scales are given by their logarithms. */
export type Loss = (params: Named, key: np.Array, batch: Named) => np.Array;

/** Convolutions are left out: a step of them takes it half a minute. */
export const lossOf = (of: Exclude<ByHandCase, ConvolutionalVaeCase>): Loss => {
  switch (of.kind) {
    case 'vae':
      return vaeLoss(of);
    case 'iwae':
      return iwaeLoss(of);
    case 'eight-schools':
      return eightSchoolsLoss(of);
    case 'logistic-regression':
      return logisticRegressionLoss(of);
    case 'chain':
      return chainLoss(of);
  }
};
