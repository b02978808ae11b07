/** The autoencoder of `npm start`, on digits that are drawn here, pixels drawn once. */
import { adam, bernoulliBits, condition, elbo, iwae, key, svi } from 'marginalia';
import { digits } from '../../examples/vae/digits.js';
import { vaeGuide, vaeModel } from '../../examples/vae/model.js';
import { type NumberArrays, at } from '../arrays.js';
import type { IwaeCase, VaeCase } from '../case.js';
import type { Batch, Study } from '../study.js';

const images = ({ batch, pixels }: VaeCase | IwaeCase): readonly NumberArrays[] => {
  const grey = digits({ count: batch, key: key(1) }).images;
  return [{ x: { shape: [batch, pixels], values: bernoulliBits(key(2), grey) } }];
};

const programs = (of: VaeCase | IwaeCase) => {
  const model = vaeModel(of);
  const guide = vaeGuide(of);
  return {
    model: (b: Batch) => condition(model(of.batch), { x: at(b, 'x') }),
    guide: (b: Batch) => guide(at(b, 'x')),
    optimizer: adam(of.rate),
  };
};

export const vaeStudy = (of: VaeCase): Study => ({
  inference: svi({ ...programs(of), objective: elbo() }),
  batches: () => images(of),
});

export const iwaeStudy = (of: IwaeCase): Study => ({
  inference: svi({ ...programs(of), objective: iwae({ particles: of.particles }) }),
  batches: () => images(of),
});
