/** Whether a guide may be a proposal: importance weights of one that does not fit estimate nothing. */
import type { Program } from '../../dsl/index.js';
import { assertFits } from '../bounds/misfit.js';
import { inspect } from '../bounds/structure.js';
import { parameterOf } from '../interpreters/environment.js';
import { keyedNoise } from '../noise-source.js';
import type { Params } from '../params.js';
import type { Key } from '../random/index.js';
import { scoped } from '../scoped.js';

/** A draw may miss nothing that the posterior can be; where it is wider, its weight is 0. */
const proposal = {
  name: 'importance sampling',
  requires: { support: 'covers', gradient: 'any' },
} as const;

/**
 * The most plate axes around any site of a model and the guide that it is weighed by. Throws a
 * `GuideMisfitError` where their sites, plates or shapes differ, or the guide does not cover the model.
 */
export const depthOfProposal = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  { params, key }: { readonly params: Params; readonly key: Key },
): number =>
  scoped(
    () => {
      const noise = keyedNoise(key);
      const structure = inspect(model, guide, { noise, parameter: parameterOf(params, noise) });
      assertFits(structure, proposal);
      return structure.depth;
    },
    () => [],
  );
