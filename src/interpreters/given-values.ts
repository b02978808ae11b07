/** Values that the caller gives for latent sites: that they name one, and their place in the layout. */
import * as tf from '@tensorflow/tfjs';
import { SiteError, type Tensor } from '../../dsl/index.js';
import { siteLabel } from '../../dsl/refusals/error.js';
import { meantBy } from '../../dsl/refusals/nearest.js';
import { givenValue } from '../../dsl/program/given.js';
import type { SampleInstruction } from '../../dsl/program/instruction.js';
import { type PlacedPlate, platesShape } from '../../dsl/program/layout.js';
import type { Draws } from '../transform/draws.js';
import type { Environment } from './environment.js';
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
 * The value of one of several draws: a value that has an axis more than plates and event is one for each draw.
 * Axes of length 1 come and go between that of the draws and the site's own plates.
 */
export const valueOfDraw = (
  value: Tensor,
  { distribution: { eventShape } }: SampleInstruction,
  draws: Draws,
  plates: readonly PlacedPlate[],
): Tensor => {
  const [count] = draws.sizes;
  const [first, ...inner] = value.shape;
  const spare = inner.length - eventShape.length - platesShape(plates).length;
  if (count === undefined || first !== count || spare < 0) return value;
  if (inner.slice(0, spare).some((n) => n !== 1)) return value;
  return draws.one(tf.reshape(value, [count, ...inner.slice(spare)]));
};
