/** How a case is made again of plain data. */
import type { BoundCase, Recipe } from './bound-case.js';

/**
 * Makes a case of what its generator was given, as its recipe tells it; `again` makes the one that it
 * changes, where the sketch holds a recipe. Throws where the sketch is none of this generator's.
 */
export type FromSketch = (sketch: unknown, again: (recipe: Recipe) => BoundCase) => BoundCase;
