/** A case in the language: its inference and its data. */
import type { Svi, Tensor } from 'marginalia';
import type { NumberArrays } from './contenders/arrays.js';
import type { StepCase } from './case.js';
import { chainStudy } from './cases/chain.js';
import { eightSchoolsStudy } from './cases/eight-schools.js';
import { logisticRegressionStudy } from './cases/logistic-regression.js';
import { convolutionalVaeStudy } from './cases/vae-conv.js';
import { alternatingStudy, iwaeStudy, phasesStudy, vaeStudy } from './cases/vae.js';

/** A minibatch: tensors by name. */
export type Batch = Readonly<Record<string, Tensor>>;

export interface Study {
  readonly inference: Svi<Batch>;
  /** The minibatches, taken in turn. */
  readonly batches: () => readonly NumberArrays[];
}

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
