/** The autoencoder as `fit` trains it. */
import { type Svi, type Tensor, elbo, svi } from 'marginalia';
import type { FitCase } from '../case.js';
import { vaePrograms } from './vae.js';

export const fitInference = (of: FitCase): Svi<Tensor> => {
  const { model, guide, optimizer } = vaePrograms(of);
  return svi({
    model: (x: Tensor) => model({ x }),
    guide: (x: Tensor) => guide({ x }),
    objective: elbo(),
    optimizer,
  });
};
