/** Which loss by hand is that of a case. */
import type { ByHandCase, ConvolutionalVaeCase } from '../../case.js';
import type { Loss } from './loss.js';
import { chainLoss } from './chain.js';
import { eightSchoolsLoss } from './eight-schools.js';
import { iwaeLoss } from './iwae.js';
import { logisticRegressionLoss } from './logistic-regression.js';
import { vaeLoss } from './vae.js';

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
