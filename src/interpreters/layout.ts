/** The left axes of a run: `[...enumerated, particles, ...plates, ...event]`. */
import type { Shape } from '../../dsl/index.js';
import { type PlacedPlate, platesShape } from '../../dsl/program/layout.js';
import { broadcast, sameShape } from '../../dsl/shape.js';

export interface Layout {
  /** Independent runs along an axis of their own; a single one has no axis. */
  readonly particles: number;
  /** Plate axes that lie right of the particles, so that values of every site line up. */
  readonly depth: number;
  /** Sites whose every value lies along an axis of its own, left of the particles. */
  readonly enumerated: number;
}

/** One run, no extra axes. */
export const single: Layout = { particles: 1, depth: 0, enumerated: 0 };

/** How many axes particles and plates take together. */
export const batchRank = ({ particles, depth }: Layout): number => depth + (particles > 1 ? 1 : 0);

/** The batch axes of a draw at a site with these plates. */
export const batchShapeAt = (
  { particles, depth }: Layout,
  plates: readonly PlacedPlate[],
): Shape => {
  const inner = platesShape(plates);
  if (particles === 1) return inner;
  const padding = Array.from({ length: Math.max(0, depth - inner.length) }, () => 1);
  return [particles, ...padding, ...inner];
};

/**
 * A batch without the axes of length 1 on its left that a layout has no place for: one draw has none of its
 * own where a mean over a plate keeps that axis, as runs side by side need.
 */
export const withoutSpareAxes = (
  batch: Shape,
  layout: Layout,
  plates: readonly PlacedPlate[],
): Shape => {
  const width = Math.max(batchRank(layout), batchShapeAt(layout, plates).length);
  const spare = Math.max(0, batch.length - width - layout.enumerated);
  return batch.slice(0, spare).every((n) => n === 1) ? batch.slice(spare) : batch;
};

/**
 * The shape that a site's batch takes once it fills its particles and plates, or `undefined` where
 * it has an axis that nothing accounts for.
 */
export const fillBatch = (
  batch: Shape,
  layout: Layout,
  plates: readonly PlacedPlate[],
): Shape | undefined => {
  const target = batchShapeAt(layout, plates);
  const filled = broadcast(batch, target);
  const width = Math.max(batchRank(layout), target.length);
  if (filled === undefined || filled.length > width + layout.enumerated) return undefined;
  const right = width === 0 ? [] : filled.slice(-width);
  const padding = Array.from({ length: right.length - target.length }, () => 1);
  return sameShape(right, [...padding, ...target]) ? filled : undefined;
};
