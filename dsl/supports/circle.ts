/** Angles. */
import * as tf from '@tensorflow/tfjs';
import { type Domain, closedInterval } from '../checks/domain.js';
import type { Bijector, ContinuousSupport } from './support.js';
import { elementwise } from './elementwise.js';
import { interval, isInterval, sigmoidTo } from './interval.js';
import { insideBounds } from './bounds.js';

/** Angles from −π to π, the ends of which are one. */
export interface Circle extends ContinuousSupport<'circle'> {
  readonly kind: 'circle';
  readonly eventRank: 0;
}

const bounds = { low: -Math.PI, high: Math.PI } as const;

const opened = interval(bounds.low, bounds.high);

const angles: Domain = {
  ...closedInterval(bounds.low, bounds.high),
  words: 'an angle from -π to π',
  cure: 'take Math.atan2(Math.sin(x), Math.cos(x)) of angles that go on',
};

/**
 * Angles from −π to π, whose ends are one place. An interval between them lies within it, so that a guide may be a law
 * on one; it lies within no other set, because functions of a number on the line need not meet where the circle closes.
 *
 * A parameter on it is reached by a sigmoid onto the open interval, which misses that place.
 *
 * @example
 * ```ts
 * isWithin(interval(-1, 1), circle); // true
 * isWithin(circle, real); // false
 * bijectorTo(circle).forward(tf.scalar(1)).dataSync()[0]; // Math.PI * Math.tanh(0.5)
 * ```
 */
export const circle: Circle = {
  ...angles,
  closure: angles,
  kind: 'circle',
  name: 'circle',
  eventRank: 0,
  isDiscrete: false,
  isWithin: ({ kind }) => kind === 'circle',
  covers: (inner) => isInterval(inner) && inner.low >= bounds.low && inner.high <= bounds.high,
  some: (shape) => tf.zeros([...shape]),
  inside: (x) => insideBounds(x, bounds),
  room: (event) => Math.min(...event.map((z) => Math.PI - Math.abs(z))),
  bijector: () => ontoCircle,
  ...(opened.offBounds && { offBounds: opened.offBounds }),
};

const { direction, forward, inverse, logAbsDetJacobian } = sigmoidTo(bounds.low, bounds.high);

/** y = π (2 sigmoid(x) − 1), onto the circle but for the place where it closes. */
const ontoCircle: Bijector<Circle> = elementwise({
  name: 'onto the circle',
  codomain: circle,
  ...(direction && { direction }),
  forward,
  inverse,
  logAbsDetJacobian,
});
