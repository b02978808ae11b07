/** Exact inference in conjugate models, in double precision. */
import { type Counts, divergence, plus } from './family.js';
import type { ConjugateModel } from './sketch.js';
import { sum } from '../../statistics/numbers.js';

/** What is known of a conjugate model given its data. */
export interface ConjugatePosterior {
  /** log p(data), nats. */
  readonly logEvidence: number;
  /** The posterior's coordinates, for each latent value. */
  readonly posterior: readonly Counts[];
}

/** Posterior c' = c + Σ counts, and log evidence Σ (A(c') − A(c) + Σ base) over the latent values. */
export const conjugatePosterior = ({
  family,
  prior,
  noise,
  data,
  kept,
  factor,
}: ConjugateModel): ConjugatePosterior => {
  const before = family.fromParameters(prior);
  const parts = data.map((xs, g) => {
    const seen = xs
      .filter((_, i) => kept?.[g]?.[i] !== false)
      .map((x) => family.datum(x, noise, before.length));
    const counts = seen.reduce<Counts>(
      (added, d) => plus(added, d.counts),
      factor === undefined ? before : plus(before, factor),
    );
    const ratio = family.logNormaliser(counts) - family.logNormaliser(before);
    return { counts, evidence: ratio + sum(seen.map((d) => d.base)) };
  });
  return {
    logEvidence: sum(parts.map((p) => p.evidence)),
    posterior: parts.map((p) => p.counts),
  };
};

/** A guide by its parameters for each latent value, with KL(guide ‖ posterior) in nats. */
export interface ConjugateGuide {
  readonly parameters: readonly (readonly (readonly number[])[])[];
  readonly gap: number;
}

const BISECTIONS = 50;

/** How far along a direction a guide may lie: a step of its scale, or a factor e of its shapes. */
const FURTHEST = [1.5, 3, 24] as const;

/**
 * The guide whose divergence from the posterior is `gap`: along the first of some directions that has
 * one, by bisection of the closed form. Parameters are those that float32 holds.
 */
export const guideWithGap = (
  { family }: ConjugateModel,
  posterior: readonly Counts[],
  directions: readonly (readonly (readonly number[])[])[],
  gap: number,
): ConjugateGuide => {
  const centres = posterior.map((c) => family.parameters(c).map((p) => p.values));
  const at = (direction: readonly (readonly number[])[], t: number): ConjugateGuide => {
    const parameters = centres.map((centre, g) =>
      family
        .moved(centre, direction[g] ?? [], t)
        .map((values) => values.map((x) => Math.fround(x))),
    );
    const parts = parameters.map((p, g) =>
      divergence(family, family.fromParameters(p), posterior[g] ?? []),
    );
    return { parameters, gap: sum(parts) };
  };
  for (const most of FURTHEST) {
    for (const direction of directions) {
      if (at(direction, most).gap < gap) continue;
      let low = 0;
      let high: number = most;
      for (let i = 0; i < BISECTIONS; i += 1) {
        const middle = (low + high) / 2;
        if (at(direction, middle).gap < gap) low = middle;
        else high = middle;
      }
      return at(direction, high);
    }
  }
  throw new RangeError(
    `conjugatePairs: expected a gap that some guide of the prior's family has, but got ${gap}; ask for less.`,
  );
};
