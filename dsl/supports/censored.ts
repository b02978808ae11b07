/** Where values of censored laws lie: a set that has no part in another, so that such a law stands where data are. */
import type { Support } from './support.js';

/** Values of `base` of which only a bound may be known. Data lie in it, and no guide's draw fits it. */
export interface Censored<S extends Support = Support> extends Support<'censored'> {
  readonly kind: 'censored';
  readonly base: S;
  readonly eventRank: S['eventRank'];
}

/** Whether values may be censored, where the support of what is censored can then be read. */
export const isCensored = (support: Support): support is Censored => support.kind === 'censored';

/** The set of a law's values where some of them are bounds: within nothing, and nothing within it. */
export const censoredIn = <S extends Support>(base: S): Censored<S> => {
  const whole: Support = base;
  const { bijector: _, covers: __, offBounds: ___, ...domain } = whole;
  return {
    ...domain,
    eventRank: base.eventRank,
    kind: 'censored',
    base,
    name: `observed ${base.name}`,
    isWithin: () => false,
  };
};
