/** Losses by hand in TensorFlow.js, which is all that is imported here. */
import type * as tf from '@tensorflow/tfjs';
import type { ByHandCase } from '../../case.js';
import { chainLoss } from './chain.js';
import { eightSchoolsLoss } from './eight-schools.js';
import { iwaeLoss } from './iwae.js';
import { logisticRegressionLoss } from './logistic-regression.js';
import { convolutionalVaeLoss } from './vae-conv.js';
import { vaeLoss } from './vae.js';

export type Named = Readonly<Record<string, tf.Tensor>>;

/** Standard normals of a shape, for the draw that the name stands for. */
export type Noise = (name: string, shape: readonly number[]) => tf.Tensor;

/** −bound in nats: parameters are unconstrained, and scales are given by their logarithms. */
export type Loss = (params: Named, noise: Noise, batch: Named) => tf.Tensor;

export const lossOf = (of: ByHandCase): Loss => {
  switch (of.kind) {
    case 'vae':
      return vaeLoss(of);
    case 'iwae':
      return iwaeLoss(of);
    case 'vae-conv':
      return convolutionalVaeLoss(of);
    case 'eight-schools':
      return eightSchoolsLoss(of);
    case 'logistic-regression':
      return logisticRegressionLoss(of);
    case 'chain':
      return chainLoss(of);
  }
};
