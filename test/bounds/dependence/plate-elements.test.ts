/** Model and guide visit the same elements of a plate, and one program the same at every site. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import * as fc from 'fast-check';
import {
  type Program,
  type Svi,
  type Tensor,
  derive,
  elbo,
  evidence,
  fit,
  key,
  normal,
  observe,
  param,
  paramValues,
  plate,
  predictive,
  program,
  rowsOf,
  sample,
  sgd,
  svi,
} from 'marginalia';
import { lint } from 'marginalia/lint';
import { of } from 'marginalia/monad';
import { GuideMisfitError } from 'marginalia/objectives';
import type { PlateOptions } from 'marginalia/primitives';
import { describe, expect, it } from 'vitest';

const ten = [10, 20, 30, 3, 4, 5, 6, 7, 8, 9];
const rows = (...at: readonly number[]): Tensor => tf.tensor1d([...at], 'int32');

const modelAt = (plateOptions: PlateOptions) =>
  plate('d', plateOptions, (at) =>
    program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* observe('x', normal(z, 1), tf.gather(tf.tensor1d(ten), at));
    }),
  );
const guideAt = (plateOptions: PlateOptions) =>
  plate(
    'd',
    plateOptions,
    program(function* () {
      yield* sample('z', normal(yield* param('l', 0), Math.SQRT1_2));
    }),
  );

const misfitOf = (run: () => unknown): GuideMisfitError => {
  try {
    run();
  } catch (error) {
    if (error instanceof GuideMisfitError) return error;
    throw error;
  }
  throw new Error('it fits');
};

const size = 10;
const everyRow = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

describe('a guide that visits other elements than the model', () => {
  const cases: readonly (readonly [string, PlateOptions, PlateOptions, string])[] = [
    [
      'given ones',
      { size, indices: rows(0, 1, 2) },
      { size, indices: rows(7, 8, 9) },
      "elements 0, 1, 2 of plate 'd' in the model but 7, 8, 9 in the guide",
    ],
    [
      'the same in another order',
      { size, indices: rows(4, 1, 2, 0, 3) },
      { size, indices: rows(4, 1, 0, 2, 3) },
      "elements 2, 0, 3 at place 2 of plate 'd' in the model but 0, 2, 3 at place 2 in the guide",
    ],
    [
      'ones that the engine draws for it',
      { size, indices: rows(0, 1, 2) },
      { size, subsample: 3 },
      "elements 0, 1, 2 of plate 'd' in the model but those that the engine draws in the guide",
    ],
    [
      'ones that the engine draws for the model',
      { size, subsample: 3 },
      { size, indices: rows(0, 1, 2) },
      "those that the engine draws of plate 'd' in the model but 0, 1, 2 in the guide",
    ],
    [
      'all of them, as they stand, where the model has an order',
      { size, indices: rows(...everyRow.toReversed()) },
      { size },
      "elements 9, 8, 7, … of plate 'd' in the model but 0, 1, 2, … in the guide",
    ],
  ];

  it.each(cases)('does not fit: %s', (_, model, guide, said) => {
    const make = [
      () => derive(modelAt(model), guideAt(guide), elbo()),
      () => lint(modelAt(model), guideAt(guide), elbo()),
      () => predictive(modelAt(model), { guide: guideAt(guide), key: key(0), samples: 2 }),
      () =>
        svi({
          model: () => modelAt(model),
          guide: () => guideAt(guide),
          objective: elbo({ particles: 2 }),
          optimizer: sgd(1),
        }).init(key(0), undefined),
    ];
    for (const run of make) {
      const { misfits, message } = misfitOf(run);
      expect(misfits).toMatchObject([{ _tag: 'elements', site: 'z', plate: 'd' }]);
      expect(message).toContain(said);
      expect(message).toContain('give both the same indices, or the same subsample');
    }
  });

  it('does not fit in evidence either, nor in an inner plate', async () => {
    const at = (indices: Tensor) => plate('groups', 2, guideAt({ size, indices }));
    const model = plate('groups', 2, modelAt({ size, indices: rows(1, 2) }));
    expect(misfitOf(() => derive(model, at(rows(2, 1)), elbo())).misfits).toMatchObject([
      { _tag: 'elements', plate: 'd' },
    ]);
    await expect(
      evidence(modelAt({ size, indices: rows(1) }), guideAt({ size, indices: rows(0) }), {
        key: key(0),
        samples: 2,
      }),
    ).rejects.toThrow(GuideMisfitError);
  });

  it('is any that differs in one place, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 9 }),
        fc.nat(8),
        (elements, where) => {
          const at = where % elements.length;
          const other = elements.map((e, i) =>
            i === at ? (everyRow.find((r) => !elements.includes(r)) ?? e) : e,
          );
          const model = modelAt({ size, indices: rows(...elements) });
          expect(
            derive(model, guideAt({ size, indices: rows(...elements) }), elbo()).terms,
          ).toHaveLength(2);
          const guide = guideAt({ size, indices: rows(...other) });
          expect(misfitOf(() => derive(model, guide, elbo())).misfits).toHaveLength(1);
        },
      ),
      { seed: 3, numRuns: 30 },
    );
  });
});

describe('one program', () => {
  it('visits the same elements of a plate at all its sites', () => {
    const inOne = (first: PlateOptions, second: PlateOptions): Program<unknown, unknown> =>
      program(function* () {
        yield* plate('d', first, observe('x', normal(0, 1), 0));
        yield* plate('d', second, observe('y', normal(0, 1), 0));
      });
    const made = (first: PlateOptions, second: PlateOptions) => () =>
      derive(inOne(first, second), of({}), elbo());
    expect(made({ size }, { size })().terms).toHaveLength(2);
    expect(made({ size, subsample: 3 }, { size, subsample: 3 })().terms).toHaveLength(2);
    expect(made({ size, indices: rows(3, 4) }, { size, indices: rows(3, 4) })().terms).toHaveLength(
      2,
    );
    expect(made({ size, indices: rows(3, 4) }, { size, indices: rows(3, 5) })).toThrow(
      "plate 'd' of the model: expected the same elements at site 'y' as at site 'x', 4 at place 1, but got 5 at place 1.",
    );
    expect(made({ size }, { size: 5 })).toThrow(/as at site 'x', 10 of 10, but got 5 of 5/);
    expect(made({ size, subsample: 3 }, { size, indices: rows(0, 1, 2) })).toThrow(
      /those that the engine draws, but got 0, 1, 2/,
    );
  });
});

describe('elements that the engine draws', () => {
  it.each(['eager', 'compiled'] as const)('are the same on both sides, %s', async (engine) => {
    const inference: Svi<Tensor> = svi({
      model: () => modelAt({ size, subsample: 3 }),
      guide: () => guideAt({ size, subsample: 3 }),
      objective: elbo({ gradient: 'stickingTheLanding' }),
      optimizer: sgd(0.1),
    });
    const fitted = await fit({
      svi: inference,
      data: rowsOf(new Float32Array(1), []),
      batchSize: 1,
      length: { steps: 300 },
      key: key(5),
      engine,
    })();
    if (E.isLeft(fitted)) throw new Error(fitted.left._tag);
    // Sticking the landing has no noise at the posterior, whose mean is x / 2.
    const found = [...(paramValues(fitted.right.state)['l']?.dataSync() ?? [])];
    expect(found).toHaveLength(10);
    found.forEach((l, i) =>
      expect(Math.abs(l - (ten[i] ?? 0) / 2), found.map((x) => x.toFixed(2)).join()).toBeLessThan(
        0.6,
      ),
    );
  });
});
