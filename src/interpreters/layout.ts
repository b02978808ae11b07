/** The axes of what is known of all draws at once: `[...enumerated, particles, ...plates]`. */
import type { Shape } from '../../dsl/index.js';
import { type PlacedPlate, platesShape } from '../../dsl/program/layout.js';
import { broadcast, sameShape } from '../../dsl/tensors/shape.js';

export interface Layout {
  /** Independent draws along an axis of their own; a single one has no axis. */
  readonly particles: number;
  /** Plate axes that lie right of the particles, so that terms of every site line up. */
  readonly depth: number;
  /** Sites whose every value lies along an axis of its own, left of the particles. */
  readonly enumerated: number;
}

/** How many axes particles and plates take together. */
export const batchRank = ({ particles, depth }: Layout): number => depth + (particles > 1 ? 1 : 0);

/** A shape without the axes of length 1 on its left that plates have no place for. */
export const withoutSpareAxes = (shape: Shape, plates: readonly PlacedPlate[]): Shape => {
  const spare = Math.max(0, shape.length - platesShape(plates).length);
  return shape.slice(0, spare).every((n) => n === 1) ? shape.slice(spare) : shape;
};

/** Whether a batch broadcasts to the elements of the plates around a site, and has no other axes. */
export const fitsPlates = (batch: Shape, plates: readonly PlacedPlate[]): boolean => {
  const around = platesShape(plates);
  const filled = broadcast(batch, around);
  return filled !== undefined && sameShape(filled, around);
};
