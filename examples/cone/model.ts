/**
 * A cone in three dimensions, seen at one height: x and y on a plane, z about x² + y². Given z, the
 * posterior of (x, y) is a thin ring, which no mean-field normal can follow.
 *
 * Every element of the plate 'copies' is the same inference again: a step averages over them, and so
 * does a measurement.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Program,
  type Tensor,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  shared,
  studentT,
  uniform,
} from 'marginalia';
import type { Interval, Real } from 'marginalia/distributions';
import { of } from 'marginalia/monad';
import type { Param } from 'marginalia/primitives';

const copies = (z: Tensor): number => z.shape[0] ?? 1;

const point = program(function* () {
  const x = yield* sample('x', normal(0, 10));
  const y = yield* sample('y', normal(0, 10));
  return { x, y };
});

type Point = { readonly x: Tensor; readonly y: Tensor };

const height = ({ x, y }: Point, z: Tensor) => {
  const square = tf.add(tf.square(x), tf.square(y));
  return observe('z', normal(square, tf.add(tf.div(square, 100), 0.1)), z);
};

/** p(x, y, z) at heights `[copies]`. */
export const cone = (z: Tensor) =>
  plate(
    'copies',
    copies(z),
    program(function* () {
      yield* height(yield* point, z);
    }),
  );

const scale = (name: string, init: number) => shared(param(name, init, { support: positive }));

/** q(x) q(y): a normal each. It can lie along one part of the ring. */
export const meanField = (z: Tensor) =>
  plate(
    'copies',
    copies(z),
    program(function* () {
      const [locX, locY] = [yield* shared(param('locX', 2)), yield* shared(param('locY', 0.1))];
      yield* sample('x', normal(locX, yield* scale('scaleX', 0.1)));
      yield* sample('y', normal(locY, yield* scale('scaleY', 0.1)));
    }),
  );

/** r(u | x, y): which angle u a point was drawn from; a guess, for the bound to correct. */
export type Reverse = (
  at: Point,
) => Program<Param<string>, Distribution<Interval | Real, 'pathwise'>>;

/** The guess that looks at nothing: every angle. It is what the guide draws angles from. */
export const anyAngle: Reverse = () => of(uniform(-Math.PI, Math.PI));

/**
 * The guess that looks: about the angle where the point lies. Its heavy tail is for points at the cut
 * between −π and π, whose angle may be a whole turn away.
 */
export const angleOfPoint: Reverse = ({ x, y }) =>
  program(function* () {
    const df = yield* scale('reverseDf', 2);
    return studentT(df, tf.atan2(y, x), yield* scale('reverseScale', 0.2));
  });

/**
 * A guide whose marginal is a ring: an angle u, then a point beside the circle at that angle. Its
 * density q(x, y) = ∫ q(u) q(x, y | u) du is not known, so it brings `inner` − 1 more angles v that
 * the reverse kernel draws, with which `hierarchical` estimates it.
 */
export const ring = (reverse: Reverse, inner: number) => (z: Tensor) =>
  plate(
    'copies',
    copies(z),
    program(function* () {
      const radius = yield* scale('radius', Math.sqrt(5));
      const u = yield* sample('u', uniform(-Math.PI, Math.PI));
      const x = yield* sample('x', normal(tf.mul(radius, tf.cos(u)), yield* scale('scaleX', 0.2)));
      const y = yield* sample('y', normal(tf.mul(radius, tf.sin(u)), yield* scale('scaleY', 0.2)));
      yield* plate('inner', inner - 1, sample('v', yield* reverse({ x, y })));
    }),
  );

/** p(x, y, z) r(u | x, y) and the angles v: the model for guides that are rings. */
export const coneAndAngles = (reverse: Reverse, inner: number) => (z: Tensor) =>
  plate(
    'copies',
    copies(z),
    program(function* () {
      const at = yield* point;
      yield* height(at, z);
      const angle = yield* reverse(at);
      yield* sample('u', angle);
      yield* plate('inner', inner - 1, sample('v', angle));
    }),
  );
