/** The autoencoder as `fit` trains it. */
import { type Svi, type Tensor, elbo, key, svi } from 'marginalia';
import { type FitOptions, training } from 'marginalia/inference';
import { type Images, binarised } from '../../examples/data/images.js';
import { digits } from '../../examples/data/digits.js';
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

/** Images that differ from each other, in a number that is drawn in a second. */
export const someImages = (count: number): Images => {
  const { images: grey, rows, columns } = digits({ count, key: key(7) });
  return { count, rows, columns, grey };
};

/** Training on images whose pixels are drawn anew in each batch. */
export const fitTraining = (
  of: FitCase,
  images: Images,
  options: Pick<FitOptions<Tensor>, 'length' | 'reportEvery' | 'onEngine'>,
) =>
  training({
    svi: fitInference(of),
    data: binarised(images),
    batchSize: of.batch,
    key: key(0),
    ...options,
  });
