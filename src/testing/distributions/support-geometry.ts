/** Supports as sets of numbers: membership, and coordinates in which they have Lebesgue measure. */
import * as tf from '@tensorflow/tfjs';
import { type Shape, type Support, type Tensor, real } from '../../../dsl/index.js';
import { entriesOf } from '../../../dsl/supports/array.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { rowsOf } from '../statistics/numbers.js';

/** Slack of sums in float32. */
const ROUNDING = 1e-5;

/** Events, each a row of numbers. */
type Rows = readonly (readonly number[])[];

/**
 * Whether an event, row-major, lies in a support. Bounds count as inside, and a sum of probabilities may
 * be off by 1e-5, both for rounding; 0 is no bound that rounding reaches.
 */
export const isInside = (support: Support, event: readonly number[]): boolean => {
  const { rank, closure } = support;
  const { entry } = entriesOf(support).kind === 'positive' ? support : closure;
  const columns = rank === 0 ? 1 : Math.round(event.length ** (1 / rank));
  return (
    event.every((z, i) => entry(z, Math.floor(i / columns) % columns, i % columns)) &&
    closure.together?.(event, ROUNDING) === undefined
  );
};

/** How far an event can be from the edge of its support, entry by entry, at the least. */
export const distanceToEdge = ({ room }: Support, event: readonly number[]): number =>
  room ? room(event) : Infinity;

/** Coordinates of events whose ranges do not depend on each other. */
export interface Chart {
  /** Where each coordinate lies. */
  readonly each: Support;
  readonly of: (events: Rows) => Rows;
  /** The events with these coordinates; they may lie outside the support. */
  readonly at: (coordinates: Rows) => Rows;
  /** The volume that a unit of the coordinates takes, at each. */
  readonly stretch: (coordinates: Rows) => readonly number[];
}

/**
 * The entries of an event themselves, where each lies in a set of its own; else what the bijector of the
 * support maps to it.
 */
export const chartOf = (support: Support, eventShape: Shape): Chart => {
  const { bijector } = support;
  if (bijector === undefined || support.rank === 0) {
    const same = (rows: Rows): Rows => rows;
    return { each: entriesOf(support), of: same, at: same, stretch: (rows) => rows.map(() => 1) };
  }
  const { inverse, forward, logAbsDetJacobian, inputShape } = bijector();
  const tensor = (rows: Rows, shape: Shape): Tensor =>
    tf.tensor(rows.flat(), [rows.length, ...shape], 'float32');
  const free = inputShape(eventShape);
  const numbers = (x: Tensor, shape: Shape): Rows => rowsOf(x.dataSync(), sizeOf(shape));
  return {
    each: real,
    of: (events) => numbers(inverse(tensor(events, eventShape)), free),
    at: (coordinates) => numbers(forward(tensor(coordinates, free)), eventShape),
    stretch: (coordinates) => [...tf.exp(logAbsDetJacobian(tensor(coordinates, free))).dataSync()],
  };
};
