import type { Estimator } from './estimator.js';

/**
 * The expectation summed over every value of a finite support: Σ_z q(z) f(z).
 *
 * - Exact: no bias and no variance of its own.
 *
 * @example
 * ```ts
 * const z = sample('z', categorical({ probs: [1, 2, 3] }));
 * derive(z, z, elbo({ estimators: { z: enumeration() } })).latents[0]?.summed; // { slot: 0, values: 3 }
 * ```
 */
export const enumeration = (): Estimator => ({
  name: 'enumeration',
  label: 'enumeration',
  sums: true,
  supportMayMove: true,
  usual: ({ gradient }) =>
    gradient === 'enumerable'
      ? 'its support is finite: the expectation is summed exactly'
      : undefined,
  refuses: ({ gradient, family, objective, overWeights }) => {
    if (overWeights) {
      return {
        received: `${objective}, whose weights are those of draws`,
        cure: 'Ask for scoreFunction(), or use elbo.',
      };
    }
    return gradient === 'enumerable'
      ? undefined
      : {
          received: `${family}, whose support is not finite`,
          cure: `Ask for ${gradient === 'score' ? 'scoreFunction' : gradient}().`,
        };
  },
});
