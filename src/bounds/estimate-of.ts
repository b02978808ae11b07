/**
 * What an objective estimates, checked: each part must be a scalar. A vector is not reported whole, and
 * where it is added to a scalar that counts once for each of its entries.
 */
import { SiteError, type Tensor } from '../../dsl/index.js';
import { showShape } from '../../dsl/tensors/shape.js';
import type { Joint } from './joint.js';
import type { Estimate, Objective } from './objective.js';

/** The tensor itself; throws a `SiteError` where it is no scalar. */
export const scalarOf = (site: string, x: Tensor, cure: string): Tensor => {
  if (x.rank === 0) return x;
  throw new SiteError({
    site,
    expected: 'a scalar',
    received: `shape ${showShape(x.shape)}`,
    cure,
  });
};

/** An objective's estimate at a joint draw. */
export const estimateOf = (
  { name, estimate }: Pick<Objective, 'name' | 'estimate'>,
  joint: Joint,
): Estimate => {
  const found = estimate(joint);
  const parts = Object.entries({ value: found.value, surrogate: found.surrogate, ...found.terms });
  for (const [part, x] of parts) {
    scalarOf(
      `${part} of the objective '${name}'`,
      x,
      'Sum what there is for each datum by sumOverData, or all of it by tf.sum.',
    );
  }
  return found;
};
