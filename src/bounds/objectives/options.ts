/** The options that objectives share. */
import type { Requirements } from '../objective.js';

/** Checks a number of particles; `who` is the objective, for the message. */
export const checkParticles = (who: string, particles: number, least = 1): void => {
  if (Number.isInteger(particles) && particles >= least) return;
  throw new RangeError(
    `${who}: expected a whole number of particles, at least ${least}, but got ${particles}.`,
  );
};

/** The gradient that an objective needs of a guide: `any` where nothing was asked. */
export function gradientNeeded<G extends Requirements['gradient']>(gradient: G | undefined): G;
export function gradientNeeded(
  gradient: Requirements['gradient'] | undefined,
): Requirements['gradient'] {
  return gradient ?? 'any';
}
