/** A chain of normal latents, each a site with a name of its own and parameters of its own. */
import { adam, elbo, normal, observe, param, positive, program, sample, svi } from 'marginalia';
import { asTensor } from 'marginalia/tensors';
import type { ChainCase } from '../case.js';
import type { Study } from '../study.js';

const model = (seen: readonly number[]) =>
  program(function* () {
    let before = asTensor(0);
    for (const [i, x] of seen.entries()) {
      before = yield* sample(`z${i}`, normal(before, 1));
      yield* observe(`x${i}`, normal(before, 1), x);
    }
  });

const guide = (seen: readonly number[]) =>
  program(function* () {
    for (const i of seen.keys()) {
      const loc = yield* param(`z${i}/loc`, 0);
      const scale = yield* param(`z${i}/scale`, 1, { support: positive });
      yield* sample(`z${i}`, normal(loc, scale));
    }
  });

export const chainStudy = ({ seen, rate }: ChainCase): Study => ({
  inference: svi({
    model: () => model(seen),
    guide: () => guide(seen),
    objective: elbo(),
    optimizer: adam(rate),
  }),
  batches: () => [{}],
});
