/** The autoencoder of `npm start`, on digits that are drawn here, pixels drawn once. */
import { adam, condition, elbo, iwae, key, svi } from 'marginalia';
import { phases } from 'marginalia/inference';
import { randomBernoulli } from 'marginalia/random';
import { digits } from '../../examples/data/digits.js';
import { vaeGuide, vaeModel } from '../../examples/vae/model.js';
import { type NumberArray, type NumberArrays, at } from '../contenders/arrays.js';
import type { AlternatingCase, IwaeCase, NetworkSizes, PhasesCase, VaeCase } from '../case.js';
import type { Batch, Study } from '../study.js';

/** So many images with pixels of 0 and 1. */
export const images = (count: number, pixels: number): NumberArray => {
  const grey = digits({ count, key: key(1) }).images;
  return { shape: [count, pixels], values: randomBernoulli(key(2), grey) };
};

const batchOf = (count: number, pixels: number): NumberArrays => ({ x: images(count, pixels) });

/** The networks at any size of a batch. */
export const vaePrograms = (
  sizes: NetworkSizes & { readonly rate: number },
  posterior: VaeCase['posterior'] = 'diagonal',
) => {
  const model = vaeModel({ ...sizes, posterior });
  const guide = vaeGuide({ ...sizes, posterior });
  return {
    model: (b: Batch) => condition(model(at(b, 'x').shape[0] ?? 0), { x: at(b, 'x') }),
    guide: (b: Batch) => guide(at(b, 'x')),
    optimizer: adam(sizes.rate),
  };
};

export const vaeStudy = (of: VaeCase): Study => ({
  inference: svi({ ...vaePrograms(of, of.posterior), objective: elbo() }),
  batches: () => [batchOf(of.batch, of.pixels)],
});

export const iwaeStudy = (of: IwaeCase): Study => ({
  inference: svi({ ...vaePrograms(of), objective: iwae({ particles: of.particles }) }),
  batches: () => [batchOf(of.batch, of.pixels)],
});

export const alternatingStudy = (of: AlternatingCase): Study => ({
  inference: svi({ ...vaePrograms(of), objective: elbo() }),
  batches: () => of.batches.map((count) => batchOf(count, of.pixels)),
});

export const phasesStudy = (of: PhasesCase): Study => {
  const parts = { ...vaePrograms(of), objective: elbo() };
  return {
    inference: phases({
      decoder: svi({ ...parts, trains: ['decoder'] }),
      encoder: svi({ ...parts, trains: ['encoder'] }),
    }),
    batches: () => [batchOf(of.batch, of.pixels)],
  };
};
