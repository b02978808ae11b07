/** Every flow with weights that are not those it starts with. */
import * as tf from '@tensorflow/tfjs';
import { type Program, type Tensor, key, simulate, trace } from 'marginalia';
import {
  type Flow,
  affineCoupling,
  inverseAutoregressive,
  maskedAutoregressive,
  planar,
  splineCoupling,
  stacked,
} from 'marginalia/nn';
import { randomNormal } from 'marginalia/random';
import { asTensor } from 'marginalia/tensors';

/** What a case is made with. */
export interface Made {
  readonly dim: number;
  readonly context?: Tensor;
}

export type Build = (made: Made) => Program<unknown, Flow>;

const small = { hidden: [7], activation: 'tanh' } as const;
const spline = { bins: 4, bound: 3 };

/** By name; those of `couplings` need two entries. */
export const flows: Readonly<Record<string, Build>> = {
  planar: (made) => planar('f', { ...small, ...made }),
  affineCoupling: (made) => affineCoupling('f', { ...small, ...made }),
  splineCoupling: (made) => splineCoupling('f', { ...small, ...spline, ...made }),
  maskedAutoregressive: (made) => maskedAutoregressive('f', { ...small, ...made }),
  'maskedAutoregressive of splines': (made) =>
    maskedAutoregressive('f', { ...small, ...made, spline }),
  inverseAutoregressive: (made) => inverseAutoregressive('f', { ...small, ...made }),
  'inverseAutoregressive of splines': (made) =>
    inverseAutoregressive('f', { ...small, ...made, spline }),
  stacked: (made) =>
    stacked(3, (i) =>
      i === 1
        ? maskedAutoregressive(`f/${i}`, { ...small, ...made })
        : splineCoupling(`f/${i}`, { ...small, ...spline, ...made }),
    ),
};

/** The weights that a flow starts with. */
export const started = (flow: Program<unknown, Flow>): Readonly<Record<string, Tensor>> => {
  const { sites } = trace(flow, { key: key(0) });
  return Object.fromEntries(Object.entries(sites).map(([name, site]) => [name, site.value]));
};

/** Those weights, each moved by some noise. */
export const movedWeights = (
  flow: Program<unknown, Flow>,
  by = 0.6,
): Readonly<Record<string, Tensor>> =>
  Object.fromEntries(
    Object.entries(started(flow)).map(([name, x], i) => {
      const noise = tf.tensor(randomNormal(key(100 + i), x.size), x.shape);
      return [name, tf.add(x, tf.mul(noise, by))];
    }),
  );

/** A flow with such weights. */
export const moved = (flow: Program<unknown, Flow>, by = 0.6): Flow =>
  simulate(flow, { params: movedWeights(flow, by) });

/** Vectors between −2.5 and 2.5, the first of them beyond a spline's bound. */
export const vectors = (shape: readonly number[]): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.reshape(
    asTensor(Array.from({ length: size }, (_, i) => (i === 0 ? 3.4 : 2.5 * Math.sin(3.7 * i + 1)))),
    [...shape],
  );
};
