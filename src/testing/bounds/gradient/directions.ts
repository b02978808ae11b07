/** Directions in which gradients are held against differences: of one parameter each, so that none hides behind another. */
import { entryOf } from '../../../../dsl/records/dictionary.js';
import { sizeOf } from '../../../../dsl/tensors/shape.js';
import type { ParamStructure } from '../../../bounds/dependence/structure.js';
import { type Key, foldIn, randomUniform } from '../../../random/index.js';
import type { NumbersByName } from '../../law/numeric-function.js';

/** A change of one parameter. */
export interface Direction {
  /** What messages call the derivative along it. */
  readonly of: string;
  readonly parameter: string;
  readonly entries: readonly number[];
}

/** Parameters of up to so many entries are looked at entry by entry. */
const FEW = 4;

/** From so many numbers on a bound takes long enough for one direction a parameter to do. */
const MANY = 2 ** 14;

/** Whether parameters are of a bound that takes long. */
export const isLarge = (params: readonly Pick<ParamStructure, 'shape'>[]): boolean =>
  params.reduce((sum, { shape }) => sum + sizeOf(shape), 0) >= MANY;

/** The directions of some parameters. */
export const directionsOf = (
  key: Key,
  trained: readonly Pick<ParamStructure, 'name' | 'shape'>[],
): readonly Direction[] => {
  const random = isLarge(trained) ? 1 : 2;
  return trained.flatMap(({ name, shape }): readonly Direction[] => {
    const size = sizeOf(shape);
    if (size <= FEW) {
      return Array.from({ length: size }, (_, i) => ({
        of: size === 1 ? `the gradient of '${name}'` : `the gradient of entry ${i} of '${name}'`,
        parameter: name,
        entries: Array.from({ length: size }, (__, j) => (i === j ? 1 : 0)),
      }));
    }
    return Array.from({ length: random }, (_, k) => ({
      of: `the gradient of '${name}' along random direction ${k}`,
      parameter: name,
      // Not all of one length, so that errors do not cancel.
      entries: [...randomUniform(foldIn(foldIn(key, `direction ${name}`), k), size)].map((u) =>
        u < 0.5 ? -0.5 - u : u,
      ),
    }));
  });
};

/** The derivative along a direction that gradients tell, with the sum of its parts' sizes. */
export const along = (
  { parameter, entries }: Direction,
  gradients: NumbersByName,
): { readonly value: number; readonly size: number } => {
  const g = entryOf(gradients, parameter);
  let [value, size] = [0, 0];
  entries.forEach((d, i) => {
    const part = d === 0 ? 0 : d * (g?.[i] ?? Number.NaN);
    value += part;
    size += Math.abs(part);
  });
  return { value, size };
};

/** Parameters moved along a direction. */
export const moved = (
  params: NumbersByName,
  { parameter, entries }: Direction,
  by: number,
): NumbersByName => {
  const from = entryOf(params, parameter);
  return {
    ...params,
    [parameter]: Float64Array.from(entries, (d, i) => (from?.[i] ?? Number.NaN) + by * d),
  };
};
