/** Whether a guide may be a proposal: importance weights of one that does not fit estimate nothing. */
import { type Program, SiteError } from '../../dsl/index.js';
import { siteLabel } from '../../dsl/refusals/error.js';
import { assertFits } from '../bounds/misfit.js';
import { type Structure, inspect } from '../bounds/dependence/structure.js';
import { parameterOf } from '../interpreters/environment.js';
import { keyedNoise } from '../random/noise-source.js';
import type { Params } from '../interpreters/params.js';
import type { Key } from '../random/index.js';
import { tidied } from '../../dsl/tensors/tidied.js';

/** A draw may miss nothing that the posterior can be; where it is wider, its weight is 0. */
const proposal = {
  name: 'importance sampling',
  meaning: { requires: { support: 'covers', gradient: 'any' } },
} as const;

/** Throws a `SiteError` where a program has a loss: a loss is the logarithm of no density. */
const checkDensity = ({ model }: Structure): void => {
  const loss = model.find((s) => s.kind === 'factor' && s.loss);
  if (loss === undefined) return;
  throw new SiteError({
    site: siteLabel(loss.name),
    expected: 'log densities, for evidence is log p(data)',
    received: 'a loss, which is minimised and has none',
    cure: 'Look at the loss itself by `evaluate`, or write a model of the data and a bound on its evidence, such as elbo.',
  });
};

/**
 * The most plate axes around any site of a model and the guide that it is weighed by. Throws a
 * `GuideMisfitError` where their sites, plates or shapes differ, or the guide does not cover the model.
 */
export const depthOfProposal = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  { params, key }: { readonly params: Params; readonly key: Key },
): number =>
  tidied(
    () => {
      const noise = keyedNoise(key);
      const options = { noise, parameter: parameterOf(params, noise) };
      const structure = inspect(model, guide, options);
      checkDensity(structure);
      assertFits(structure, proposal);
      return structure.depth;
    },
    () => [],
  );
