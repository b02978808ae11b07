/** Mistakes in plates, rows and masks. */
import * as tf from '@tensorflow/tfjs';
import { mask, normal, observe, param, plate, program, sample, shared } from 'marginalia';
import {
  size,
  xs,
  readings,
  read,
  every,
  sensor,
  guess,
  byRows,
  sensors,
} from './known-inferences.js';
import { type WrongModel, mistake } from './wrong-model.js';

export const wrongPlates: readonly WrongModel[] = [
  mistake('a minibatch that is taken for all data', 'checkMinibatches', (isWrong) => ({
    ...sensors,
    rows: isWrong
      ? {
          model: (rows) => plate('sensors', rows.size, sensor(read(rows))),
          guide: (rows) => plate('sensors', rows.size, guess(read(rows), 0.6)),
          size,
        }
      : byRows,
  })),
  mistake('a likelihood that is scaled by hand as well', 'checkMinibatches', (isWrong) => ({
    ...sensors,
    rows: {
      ...byRows,
      model: (rows) =>
        plate(
          'sensors',
          { size, indices: rows },
          program(function* () {
            const z = yield* sample('z', normal(0, 1));
            const d = normal(z, 0.5);
            const weight = isWrong ? size / rows.size : 1;
            yield* observe('x', { ...d, logProb: (x) => tf.mul(d.logProb(x), weight) }, read(rows));
          }),
        ),
    },
  })),
  mistake('rows that are read from the start of the data', 'checkMinibatches', (isWrong) => ({
    ...sensors,
    rows: {
      ...byRows,
      model: (rows) => {
        const x = isWrong ? tf.slice(readings, 0, rows.size) : read(rows);
        return plate('sensors', { size, indices: rows }, sensor(x));
      },
    },
  })),
  mistake('inputs that are centred by their batch', 'checkMinibatches', (isWrong) => ({
    ...sensors,
    rows: {
      ...byRows,
      guide: (rows) => {
        const x = read(rows);
        const input = isWrong ? tf.sub(x, tf.mean(x)) : x;
        return plate('sensors', { size, indices: rows }, guess(input, 0.6));
      },
    },
    ...(isWrong && {
      guide: plate(
        'sensors',
        { size, indices: every },
        guess(tf.sub(readings, tf.mean(readings)), 0.6),
      ),
    }),
  })),
  mistake('a mask along the wrong axis', 'checkModel', (isWrong) => ({
    model: plate(
      'sensors',
      3,
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        const kept = isWrong ? tf.tensor2d([1, 0, 1], [3, 1]) : tf.tensor1d([1, 0, 1]);
        yield* observe('x', mask(normal(z, 0.5), kept), [1, 2, 3]);
      }),
    ),
    guide: plate(
      'sensors',
      3,
      program(function* () {
        yield* sample('z', normal(yield* shared(param('loc', 0.5)), 0.8));
      }),
    ),
  })),
  mistake('a plate that pools its elements', 'checkPlateElements', (isWrong) => ({
    model: plate(
      'sensors',
      size,
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        const loc = isWrong ? tf.sub(z, tf.mean(z, -1, true)) : z;
        yield* observe('x', normal(loc, 0.5), xs);
      }),
    ),
    guide: plate('sensors', size, guess(readings, 0.6)),
  })),
];
