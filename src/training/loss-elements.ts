/** How many elements the loss of a batch is a sum over. */
import type { PlateStructure, SiteStructure, Structure } from '../bounds/dependence/structure.js';

/** The programs of a batch, and how many elements it has. */
export interface OfBatch {
  readonly structure: Structure;
  readonly count: number;
}

const isData = (site: SiteStructure): boolean =>
  site.kind === 'observed' || site.kind === 'factor' || site.partly === true;

const dataPlates = ({ structure, count }: OfBatch): readonly PlateStructure[] =>
  structure.model.flatMap((site) =>
    isData(site) ? site.plates.filter((plate) => plate.count === count).slice(0, 1) : [],
  );

const isReturned = ({ structure }: OfBatch): boolean =>
  structure.model.some((site) => site.kind === 'factor' && site.loss === true);

/**
 * The size of the plate that a batch's elements are, for each of some batches: the outermost around data with
 * as many elements in all of them. 1 where there is none, where there are several of different sizes, and for
 * a loss that a program returns: such a loss is taken as it is.
 */
export const lossElements = (batches: readonly OfBatch[]): readonly number[] => {
  const found = batches.map((batch) => (isReturned(batch) ? [] : dataPlates(batch)));
  return found.map((plates) => {
    const own = plates.filter(({ name }) => found.every((all) => all.some((p) => p.name === name)));
    const sizes = new Set(own.map(({ size }) => size));
    return sizes.size === 1 ? ([...sizes][0] ?? 1) : 1;
  });
};
