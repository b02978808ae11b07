import type { Gradient } from '../../../dsl/index.js';
import type { EstimatedSite, Estimator, Refusal } from './estimator.js';

/** What to ask for at a site whose draws carry no gradient. */
const others = ({ gradient }: EstimatedSite): string =>
  gradient === 'enumerable'
    ? 'Ask for enumeration(), scoreFunction() or straightThrough().'
    : 'Ask for scoreFunction().';

/** Refuses a site whose draws carry no gradient, or carry it in another way. */
export const refusesOther =
  (own: Gradient, how: string) =>
  (site: EstimatedSite): Refusal | undefined => {
    const { gradient, family } = site;
    if (gradient === own) return undefined;
    const carries = gradient === 'pathwise' || gradient === 'implicit';
    return {
      received: `${family}, whose draws are not ${how}`,
      cure: carries ? `Ask for ${gradient}().` : others(site),
    };
  };

/**
 * The gradient through the draw, z = g(ε, φ): E_ε ∂f(g(ε, φ))/∂φ.
 *
 * - Unbiased. For families that are reparameterised.
 * - Source: Kingma and Welling 2014, section 2.4, arXiv:1312.6114.
 *
 * @example
 * ```ts
 * pathwise().label; // 'pathwise'
 * ```
 */
export const pathwise = (): Estimator => ({
  name: 'pathwise',
  label: 'pathwise',
  throughDraw: true,
  supportMayMove: true,
  usual: ({ gradient, family }) =>
    gradient === 'pathwise'
      ? `${family} is reparameterised: the draw carries the gradient`
      : undefined,
  refuses: refusesOther('pathwise', 'reparameterised'),
});
