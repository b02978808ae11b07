/**
 * A bound at draws that stay where they are while parameters move, each weighed by how its density moves:
 * ∂ E f = E[∂f + f ∂log q] at given draws. What jumps with a draw has this derivative, which differences
 * along the path of the draw do not see.
 */
import { entryOf } from '../../../../dsl/records/dictionary.js';
import type { Objective } from '../../../bounds/objective.js';
import { latentSites } from '../../../bounds/dependence/structure.js';
import { noiseOwner } from '../../../random/noise-source.js';
import type { Trial } from '../../law/inference.js';
import type { NumbersByName } from '../../law/numeric-function.js';
import { type DrawnBound, drawnBound } from './drawn-bound.js';

/** (f − c) q / q₀ at the draws of some noise, q₀ the law that drew them, as a function of parameters. */
export type Weighed = (noise: NumbersByName, baseline: number) => (params: NumbersByName) => number;

/**
 * The same bound with every draw given. Nothing where a site is summed over, on whose value the density of
 * another may rest, or has a support that moves, for which there is no such weight.
 */
export const weighedBound = (
  trial: Trial,
  objective: Objective,
  bound: DrawnBound,
): Weighed | undefined => {
  const isSummed = bound.derivation.latents.some((l) => l.summed !== undefined);
  if (isSummed || latentSites(trial.structure.guide).some((q) => q.moves)) return undefined;
  const all = drawnBound(trial, objective, 'all');
  return (noise, baseline) => {
    const draws = bound.drawsAt(noise);
    const given = Object.fromEntries(
      all.noises.map(({ input, site }) => {
        const { kind, name } = noiseOwner(site);
        const numbers = kind === 'site' ? entryOf(draws, name) : entryOf(noise, input);
        return [input, Float64Array.from(numbers ?? [])] as const;
      }),
    );
    const { logChance } = all.value(all.params, given);
    return (params) => {
      const there = all.value(params, given);
      return (there.value - baseline) * Math.exp(there.logChance - logChance);
    };
  };
};
