/** What one draw has, laid out for all draws, and the values that one of them takes of those for all. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { type PlacedPlate, platesShape } from '../../dsl/program/layout.js';
import { dropLast, takeLast } from '../../dsl/tensors/shape.js';
import { expandTo } from '../../dsl/tensors/tensor.js';
import type { Draws } from '../transform/draws.js';
import type { Layout } from './layout.js';

/** Draws with the axes that they have. */
export interface AllDraws {
  readonly draws: Draws;
  readonly layout: Layout;
}

/** Values along one of the axes of draws, as one draw has them: the same at all elements of the plates. */
export const valueAlong = (
  draws: Draws,
  axis: number,
  values: Tensor,
  eventRank: number,
  plates: readonly PlacedPlate[],
): Tensor => {
  const [count = 1, ...rest] = values.shape;
  const one = draws.one(
    tf.reshape(values, [...draws.sizes.map((_, i) => (i === axis ? count : 1)), ...rest]),
  );
  const event = takeLast(one.shape, eventRank);
  return expandTo(one, [...platesShape(plates), ...event]);
};

/** What one draw has, at all of them: an axis for each of `draws.sizes`, then plates up to the most that any site has. */
export const atEveryDraw = (
  { draws, layout }: AllDraws,
  one: Tensor,
  eventRank: number,
): Tensor => {
  const all = draws.all(one);
  const lead = draws.sizes.length;
  if (lead === 0) return all;
  const own = all.shape.slice(lead);
  const [plates, event] = [dropLast(own, eventRank), takeLast(own, eventRank)];
  const between = Array.from({ length: Math.max(0, layout.depth - plates.length) }, () => 1);
  const left = all.shape.slice(0, lead);
  const placed = [...left, ...between, ...plates, ...event];
  const wide = between.length === 0 ? all : tf.reshape(all, placed);
  // Each particle counts, whether it differs from the others or not.
  return layout.particles === 1
    ? wide
    : expandTo(wide, [...left.slice(0, -1), layout.particles, ...placed.slice(lead)]);
};
