/** Held-out losses by element: the same for batches of any size. */
import * as tf from '@tensorflow/tfjs';
import {
  type Svi,
  type Tensor,
  elbo,
  fit,
  freeState,
  key,
  normal,
  observe,
  param,
  plate,
  program,
  rowsOf,
  sgd,
  shared,
  svi,
} from 'marginalia';
import { of } from 'marginalia/monad';
import { minimize } from 'marginalia/objectives';
import { describe, expect, it } from 'vitest';
import { right } from '../either.js';

/** The held-out loss of one step that changes nothing. */
const lossOf = async (
  inference: Svi<Tensor>,
  rows: readonly number[],
  batchSize: number,
): Promise<number | undefined> => {
  const { state, heldOut } = right(
    await fit({
      svi: inference,
      data: rowsOf(Float32Array.of(0), []),
      batchSize: 1,
      key: key(0),
      length: { steps: 1 },
      heldOut: { data: rowsOf(Float32Array.from(rows), []), batchSize },
    })(),
  );
  freeState(state);
  return heldOut[0]?.loss;
};

const noGuide = { guide: () => of({}), objective: elbo(), optimizer: sgd(0) };

const row = (x: Tensor) =>
  program(function* () {
    yield* observe('x', normal(yield* shared(param('loc', 1)), 1), x);
  });

/** The mean over rows of −log N(row; 1, 1). */
const meanLoss = (rows: readonly number[]): number =>
  rows.reduce((sum, v) => sum + 0.5 * (v - 1) ** 2, 0) / rows.length + 0.5 * Math.log(2 * Math.PI);

describe('held-out losses', () => {
  const rows = [0, 0, 10];
  const sizes = [1, 2, 3];

  it('are by element for batches of any size, be the plate the batch or of all data', async () => {
    const whole = svi({ ...noGuide, model: (x: Tensor) => plate('rows', x.shape[0] ?? 0, row(x)) });
    const scaled = svi({
      ...noGuide,
      model: (x: Tensor) => plate('rows', { size: 600, count: x.shape[0] ?? 0 }, row(x)),
    });
    const inner = svi({
      ...noGuide,
      model: (x: Tensor) =>
        plate(
          'rows',
          { size: 600, count: x.shape[0] ?? 0 },
          plate('twice', 2, row(tf.tile(tf.expandDims(x, 0), [2, 1]))),
        ),
    });
    for (const size of sizes) {
      expect(await lossOf(whole, rows, size)).toBeCloseTo(meanLoss(rows), 4);
      expect(await lossOf(scaled, rows, size)).toBeCloseTo(meanLoss(rows), 4);
      expect(await lossOf(inner, rows, size)).toBeCloseTo(2 * meanLoss(rows), 4);
    }
  });

  it('are as they are where no plate is the batch, and where a program returns them', async () => {
    // A plate of 2 whose elements are no batch's, although the first batch has 2.
    const apart = svi({
      ...noGuide,
      model: (x: Tensor) => plate('pair', 2, row(tf.mul(tf.mean(x), tf.ones([2])))),
    });
    const pairs = (2 * 2 * meanLoss([0]) + 2 * meanLoss([10])) / 3;
    expect(await lossOf(apart, rows, 2)).toBeCloseTo(pairs, 4);
    const returned = svi({
      ...minimize((x: Tensor) =>
        program(function* () {
          yield* plate('rows', x.shape[0] ?? 0, row(x));
          return tf.mean(x);
        }),
      ),
      optimizer: sgd(0),
    });
    expect(await lossOf(returned, rows, 3)).toBeCloseTo(3 * meanLoss(rows) + 10 / 3, 4);
  });
});
