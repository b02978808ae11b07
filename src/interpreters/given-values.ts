/** Values that the caller gives for latent sites: that they name one, and their place in the layout. */
import * as tf from '@tensorflow/tfjs';
import { SiteError, type Tensor } from '../../dsl/index.js';
import { siteLabel } from '../../dsl/error.js';
import { meantBy } from '../../dsl/nearest.js';
import { givenValue } from '../../dsl/program/given.js';
import type { SampleInstruction } from '../../dsl/program/instruction.js';
import { type PlacedPlate, platesShape } from '../../dsl/program/layout.js';
import type { Environment } from './environment.js';
import type { Layout } from './layout.js';
import type { SiteRecord } from './record.js';

type Values = NonNullable<Environment['values']>;

/** The value that is given for a site, or nothing where its name is not there. */
export const valueFor = (values: Values, name: string): Tensor | undefined =>
  Object.hasOwn(values, name) ? givenValue(name, values[name]) : undefined;

/** Throws where a value names no latent site of a run: it would not be looked at. */
export const checkTaken = (values: Values, records: readonly SiteRecord[]): void => {
  const samples = records.filter((r) => r.kind === 'sample');
  const latent = samples.filter((r) => r.origin !== 'observed').map((r) => r.name);
  const missed = Object.keys(values).filter((name) => !latent.includes(name));
  const [first] = missed;
  if (first === undefined) return;
  throw new SiteError({
    site: missed.map(siteLabel).join(', '),
    expected: 'a latent site for each of the values',
    received: samples.some((r) => r.name === first)
      ? 'a site that is observed already'
      : 'none of this name',
    cure: `${meantBy(first, latent)} A site that is observed, hidden or computed takes no value.`,
  });
};

/**
 * A value with one axis for each plate axis of the run, whichever program it was drawn in: axes of
 * length 1 come and go between the particles and the site's own plates, where no plate is.
 */
export const inLayout = (
  value: Tensor,
  { distribution: { eventShape } }: SampleInstruction,
  { particles, depth }: Layout,
  plates: readonly PlacedPlate[],
): Tensor => {
  const found = value.rank - eventShape.length - 1;
  const least = platesShape(plates).length;
  if (particles === 1 || found === depth || found < least || value.shape[0] !== particles) {
    return value;
  }
  const surplus = Math.max(0, found - depth);
  const inner = value.shape.slice(1);
  if (inner.slice(0, surplus).some((n) => n !== 1)) return value;
  const padding = Array.from({ length: Math.max(0, depth - found) }, () => 1);
  return tf.reshape(value, [particles, ...padding, ...inner.slice(surplus)]);
};
