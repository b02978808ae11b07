/** Guides of discrete networks whose gap was asked for. */
import type { DiscreteNetwork, DiscreteSite } from './discrete-network.js';
import { discreteKl } from './exact-sums.js';

/** A guide with KL(guide ‖ posterior), nats, of its logits as float32 holds them. */
export interface FoundGuide {
  readonly guide: DiscreteNetwork;
  readonly gap: number;
}

/** No logit is moved further, so that float32 holds every chance. */
const FURTHEST = 24;

const BISECTIONS = 40;

const mapLogits = (
  network: DiscreteNetwork,
  f: (logit: number, site: DiscreteSite, at: readonly [number, number, number]) => number,
): DiscreteNetwork =>
  network.map((level) => ({
    ...level,
    sites: level.sites.map((site) => ({
      ...site,
      tables: site.tables.map((table, e) =>
        table.map((row, r) => row.map((logit, v) => f(logit, site, [e, r, v]))),
      ),
    })),
  }));

/** The network at `start` + t `direction`, in logits. */
const movedBy = (
  start: DiscreteNetwork,
  direction: DiscreteNetwork,
  posterior: DiscreteNetwork,
): ((t: number) => FoundGuide) => {
  const steps = new Map(
    direction.flatMap(({ sites }) => sites.map((s) => [s.name, s.tables] as const)),
  );
  return (t) => {
    const guide = mapLogits(start, (logit, { name }, [e, r, v]) =>
      Math.fround(Math.max(-2 * FURTHEST, logit) + t * (steps.get(name)?.[e]?.[r]?.[v] ?? 0)),
    );
    return { guide, gap: discreteKl(guide, posterior) };
  };
};

/**
 * The network at `start` + t `direction`, in logits, with the t at which KL(· ‖ posterior) is `gap`: found
 * by doubling and bisection of the exact divergence. Nothing where no t up to 24 has it, or `start`
 * is further away.
 */
export const guideAlong = (
  start: DiscreteNetwork,
  direction: DiscreteNetwork,
  posterior: DiscreteNetwork,
  gap: number,
): FoundGuide | undefined => {
  const moved = movedBy(start, direction, posterior);
  if (moved(0).gap > gap) return undefined;
  let high = 0.25;
  while (moved(high).gap < gap) {
    high *= 2;
    if (high > FURTHEST) return undefined;
  }
  let low = high === 0.25 ? 0 : high / 2;
  for (let i = 0; i < BISECTIONS; i += 1) {
    const middle = (low + high) / 2;
    if (moved(middle).gap < gap) low = middle;
    else high = middle;
  }
  return moved(high);
};

/** The direction away from the posterior: towards what is least probable. */
export const awayFrom = (posterior: DiscreteNetwork): DiscreteNetwork =>
  mapLogits(posterior, (logit) => -Math.max(logit, -FURTHEST) / 2);

/** The opposite direction. */
export const reversed = (direction: DiscreteNetwork): DiscreteNetwork =>
  mapLogits(direction, (x) => -x);

/** The network furthest from the posterior among the ends of some directions. */
export const farthest = (
  posterior: DiscreteNetwork,
  directions: readonly DiscreteNetwork[],
): FoundGuide =>
  [...directions, awayFrom(posterior)]
    .map((direction) => movedBy(posterior, direction, posterior)(FURTHEST))
    .reduce((best, one) => (one.gap > best.gap ? one : best));
