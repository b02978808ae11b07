/** Diagnostics that run programs: what they call things, how they share an alarm, how ties count. */
import * as tf from '@tensorflow/tfjs';
import {
  deterministic,
  independent,
  key,
  normal,
  plate,
  predictive,
  program,
  sample,
} from 'marginalia';
import { posteriorPredictiveCheck, simulationBasedCalibration } from 'marginalia/diagnostics';
import { describe, expect, it } from 'vitest';

describe('calibration', () => {
  it('names the elements of a site row by row', async () => {
    const wide = program(function* () {
      const z = yield* sample('z', independent(normal(tf.zeros([2, 3]), 1), 2));
      yield* sample('x', normal(tf.sum(z, [-1, -2]), 1));
    });
    const { quantities } = await simulationBasedCalibration(
      {
        model: wide,
        observed: ['x'],
        infer: () => sample('z', independent(normal(tf.zeros([2, 3]), 1), 2)),
      },
      { key: key(0), simulations: 2, samples: 3 },
    );
    const names = ['[0,0]', '[0,1]', '[0,2]', '[1,0]', '[1,1]', '[1,2]'];
    expect(quantities.map(({ name }) => name)).toEqual(names.map((at) => `z${at}`));
  });

  it('divides its alarm among the tests of all quantities', async () => {
    const model = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* sample('x', normal(z, 1));
    });
    const asked = (names: readonly string[], falseAlarm: number) =>
      simulationBasedCalibration(
        {
          model,
          observed: ['x'],
          infer: ({ x = tf.scalar(0) }) => sample('z', normal(tf.mul(x, 0.5), 0.4)),
          quantities: ({ z = tf.scalar(0) }) =>
            Object.fromEntries(names.map((name) => [name, z.dataSync()[0] ?? 0])),
        },
        { key: key(1), simulations: 40, samples: 19, falseAlarm },
      );
    const [one] = (await asked(['z'], 1e-9)).quantities;
    const p = Math.min(one?.uniformity.pValue ?? 1, one?.symmetry.pValue ?? 1);
    expect(p).toBeLessThan(0.2);
    const verdicts = async (names: readonly string[]): Promise<readonly string[]> =>
      (await asked(names, 3 * p)).quantities.map(({ verdict }) => verdict);
    expect(await verdicts(['z'])).not.toEqual(['calibrated']);
    expect(await verdicts(['z', 'again'])).toEqual(['calibrated', 'calibrated']);
  });

  it('simulates other data every time', async () => {
    const seen: number[] = [];
    await simulationBasedCalibration(
      {
        model: program(function* () {
          const z = yield* sample('z', normal(0, 1));
          yield* sample('x', normal(z, 1));
        }),
        observed: ['x'],
        infer: ({ x = tf.scalar(0) }) => {
          seen.push(x.dataSync()[0] ?? NaN);
          return sample('z', normal(0, 1));
        },
      },
      { key: key(2), simulations: 8, samples: 2 },
    );
    expect(new Set(seen).size).toBe(8);
  });
});

describe('a predictive check', () => {
  it('counts ties half', () => {
    const data = tf.scalar(1);
    const [found] = posteriorPredictiveCheck(sample('x', normal(0, 1)), undefined, {
      key: key(0),
      samples: 4,
      data: { x: data },
      statistics: { constant: () => 1 },
    });
    data.dispose();
    expect(found?.pValue).toBe(0.5);
  });
});

describe('predictions', () => {
  it('of a value that is the same for all draws keep its plates, once', () => {
    tf.tidy(() => {
      const model = program(function* () {
        yield* sample('z', normal(0, 1));
        yield* plate('data', 3, deterministic('c', tf.tensor1d([1, 2, 3])));
      });
      const { c } = predictive(model, { key: key(0), samples: 2 });
      expect(c?.arraySync()).toEqual([
        [1, 2, 3],
        [1, 2, 3],
      ]);
    });
  });
});
