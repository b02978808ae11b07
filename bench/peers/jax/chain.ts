import { numpy as np, random } from '@jax-js/jax';
import { at } from '../../contenders/arrays.js';
import type { ChainCase } from '../../case.js';
import type { Loss } from './loss.js';
import { normalKl, normalLogProb } from './normal.js';

/** Σᵢ KL(q(zᵢ) ‖ N(zᵢ₋₁, 1)) − log N(xᵢ; zᵢ, 1), a site at a time. */
export const chainLoss =
  ({ seen }: ChainCase): Loss =>
  (params, key) => {
    const e = random.normal(key, [seen.length]);
    let before: np.Array = np.array(0);
    let total: np.Array = np.array(0);
    for (const [i, x] of seen.entries()) {
      const loc = at(params, `z${i}/loc`);
      const logScale = at(params, `z${i}/scale`);
      total = total.add(normalKl(loc.ref, logScale.ref, before, 1));
      before = loc.add(np.exp(logScale).mul(e.ref.slice(i)));
      total = total.sub(normalLogProb(x, before.ref, 1, 0));
    }
    before.dispose();
    e.dispose();
    return total;
  };
