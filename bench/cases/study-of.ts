/** Which study is that of a case. */
import type { Study } from '../study.js';
import type { StepCase } from '../case.js';
import { chainStudy } from './chain.js';
import { eightSchoolsStudy } from './eight-schools.js';
import { logisticRegressionStudy } from './logistic-regression.js';
import { convolutionalVaeStudy } from './vae-conv.js';
import { alternatingStudy, iwaeStudy, phasesStudy, vaeStudy } from './vae.js';

export const studyOf = (of: StepCase): Study => {
  switch (of.kind) {
    case 'vae':
      return vaeStudy(of);
    case 'iwae':
      return iwaeStudy(of);
    case 'vae-conv':
      return convolutionalVaeStudy(of);
    case 'alternating':
      return alternatingStudy(of);
    case 'phases':
      return phasesStudy(of);
    case 'eight-schools':
      return eightSchoolsStudy(of);
    case 'logistic-regression':
      return logisticRegressionStudy(of);
    case 'chain':
      return chainStudy(of);
  }
};
