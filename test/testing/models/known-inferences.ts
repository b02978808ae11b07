/** Small inferences whose evidence and posterior are known. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  shared,
} from 'marginalia';
import type { ModelUnderTest } from 'marginalia/testing';

const LOG_2PI = Math.log(2 * Math.PI);

/** log N(x; 0, √variance). */
export const logNormalAt = (x: number, variance: number): number =>
  -(LOG_2PI + Math.log(variance) + (x * x) / variance) / 2;

// Sensors: z_i ~ N(0, 1), x_i ~ N(z_i, ½). The posterior of z_i is N(0.8 x_i, √0.2).
export const size = 6;
export const xs: readonly number[] = [0.9, -0.4, 1.7, 0.2, -1.1, 1.3];
export const readings = tf.tensor1d([...xs]);
export const read = (rows: Tensor): Tensor => tf.gather(readings, rows);
export const every = tf.range(0, size, 1, 'int32');
export const evidence = xs.reduce((total, x) => total + logNormalAt(x, 1.25), 0);

export const sensor = (x: Tensor) =>
  program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* observe('x', normal(z, 0.5), x);
  });
export const guess = (x: Tensor, scale: number) =>
  program(function* () {
    const slope = yield* shared(param('slope', 0.7));
    const width = yield* shared(param('width', scale, { support: positive }));
    yield* sample('z', normal(tf.mul(slope, x), width));
  });
const modelOf = (rows: Tensor) => plate('sensors', { size, indices: rows }, sensor(read(rows)));
const guideOf = (rows: Tensor) => plate('sensors', { size, indices: rows }, guess(read(rows), 0.6));
export const posteriorOf = (rows: Tensor) =>
  plate(
    'sensors',
    { size, indices: rows },
    sample('z', normal(tf.mul(0.8, read(rows)), Math.sqrt(0.2))),
  );
export const sensors: ModelUnderTest = {
  model: modelOf(every),
  guide: guideOf(every),
  posterior: posteriorOf(every),
  logEvidence: evidence,
};
export const byRows = { model: modelOf, guide: guideOf, size };

// One number: z ~ N(0, 1), x ~ N(z, 1) is 1.5. The posterior is N(0.75, √½).
export const centre = program(function* () {
  const z = yield* sample('z', normal(0, 1));
  yield* observe('x', normal(z, 1), 1.5);
});
export const learned = program(function* () {
  const loc = yield* param('loc', 0.5);
  const scale = yield* param('scale', 0.8, { support: positive });
  yield* sample('z', normal(loc, scale));
});
export const one: ModelUnderTest = {
  model: centre,
  guide: learned,
  posterior: sample('z', normal(0.75, Math.SQRT1_2)),
  logEvidence: logNormalAt(1.5, 2),
};
