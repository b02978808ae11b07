/** Data sets of different sizes in one batch, and plates of which only the full size is known. Seeds are fixed. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  elbo,
  fit,
  freeState,
  key,
  normal,
  observe,
  param,
  paramValues,
  plate,
  program,
  rowsOf,
  sgd,
  shared,
  svi,
} from 'marginalia';
import { sideBySide, zipped } from 'marginalia/data';
import { of } from 'marginalia/monad';
import type { PlateOptions } from 'marginalia/primitives';
import { describe, expect, it } from 'vitest';
import { right } from '../either.js';

const from = (start: number, size: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => start + i);

const unlabelled = rowsOf(from(0, 10), []);
const labelled = zipped({ x: rowsOf(from(100, 6), []), y: rowsOf(from(200, 6), []) });
const both = sideBySide({ unlabelled, labelled }, { labelled: 4 });
const numbers = (x: Tensor): readonly number[] => [...x.dataSync()];

describe('data sets of different sizes side by side', () => {
  it('give the rows of a batch, and rows of their own that belong together', () => {
    expect([both.size, both.fixed]).toEqual([10, false]);
    const counts = new Map<number, number>();
    for (let i = 0; i < 600; i += 1) {
      const batch = both.batch(Int32Array.of(7, 2), key(i));
      expect(numbers(batch.unlabelled)).toEqual([7, 2]);
      const x = numbers(batch.labelled.x);
      expect(new Set(x).size).toBe(4);
      expect(numbers(batch.labelled.y)).toEqual(x.map((v) => v + 100));
      x.forEach((v) => counts.set(v, (counts.get(v) ?? 0) + 1));
      tf.dispose(batch);
    }
    // Of 600 batches each row is in 400, give or take 11.5: 5 of that are passed in 6 of 10⁷ seeds, for each row.
    expect(counts.size).toBe(6);
    counts.forEach((count) => expect(Math.abs(count - 400)).toBeLessThan(58));
  });

  it('write what they make, and are all of a part in order where that is asked for', async () => {
    const all = sideBySide({ unlabelled, labelled }, { labelled: 6 });
    expect(all.fixed).toBe(true);
    const batch = all.batch(Int32Array.of(1), key(0));
    expect(numbers(batch.labelled.x)).toEqual([...from(100, 6)]);
    const into = {
      unlabelled: new Float32Array(1),
      labelled: { x: new Float32Array(4), y: new Float32Array(4) },
    };
    both.write?.(Int32Array.of(3), key(9), into);
    const made = both.batch(Int32Array.of(3), key(9));
    expect([...into.labelled.y]).toEqual(numbers(made.labelled.y));
    tf.dispose([batch, made]);
  });

  it('are refused where they do not fit', () => {
    const parts = { unlabelled, labelled };
    expect(() => sideBySide(parts, { labelled: 7 })).toThrow(
      /labelled to be a whole number from 1 to 6/,
    );
    expect(() => sideBySide(parts, { labelled: 2, unlabelled: 2 })).toThrow(/all draw their own/);
    expect(() => sideBySide(parts, { labeled: 2 } as never)).toThrow(/'labeled'.*'labelled'/);
    expect(() => sideBySide(parts, {})).toThrow(/one size/);
  });

  it('train a model of both, whose plates have their full sizes, in every engine', async () => {
    const made = svi({
      model: ({ few, many }: { few: Tensor; many: Tensor }) =>
        program(function* () {
          const loc = yield* param('loc', 0);
          yield* plate('few', { size: 5, count: few.size }, observe('a', normal(loc, 1), few));
          yield* plate('many', { size: 40, count: many.size }, observe('b', normal(loc, 2), many));
        }),
      guide: () => of({}),
      objective: elbo(),
      optimizer: adam(0.05),
    });
    const data = sideBySide(
      {
        many: rowsOf(new Float32Array(40).fill(1), []),
        few: rowsOf(new Float32Array(5).fill(3), []),
      },
      { few: 2 },
    );
    const found: number[] = [];
    for (const engine of ['eager', 'compiled'] as const) {
      const { state } = right(
        await fit({ svi: made, data, batchSize: 8, length: { steps: 400 }, key: key(1), engine })(),
      );
      found.push(paramValues(state)['loc']?.dataSync()[0] ?? NaN);
      freeState(state);
    }
    // 5 data of precision 1 at 3 against 40 of precision 1/4 at 1, whatever a batch holds of each.
    found.forEach((loc) => expect(loc).toBeCloseTo((5 * 3 + 10 * 1) / 15, 3));
  });
});

describe('a plate with a count', () => {
  const at = (options: PlateOptions, each = false) =>
    svi({
      model: () =>
        program(function* () {
          const own = param('loc', 0);
          yield* plate(
            'rows',
            options,
            program(function* () {
              const loc = each ? yield* own : yield* shared(own);
              yield* observe('x', normal(loc, 1), tf.ones([2]));
            }),
          );
        }),
      guide: () => of({}),
      objective: elbo(),
      optimizer: sgd(0.1),
    });

  it('scales by its size, as with indices', () => {
    const slope = (options: PlateOptions): number => {
      const made = at(options);
      return made.gradients(made.init(key(0)), undefined)['loc']?.dataSync()[0] ?? NaN;
    };
    expect(slope({ size: 10, count: 2 })).toBeCloseTo(-10, 5);
    expect(slope({ size: 10, indices: tf.tensor1d([3, 8], 'int32') })).toBeCloseTo(-10, 5);
  });

  it('has no parameter of each element, no body of indices, and no second way to say how many', () => {
    expect(() => at({ size: 10, count: 2 }, true).init(key(0))).toThrow(/'loc'.*which 2 of the 10/);
    expect(() => at({ size: 2, count: 2 }, true).init(key(0))).not.toThrow();
    expect(() => plate('p', { size: 4, count: 2 }, () => of(0))).toThrow(/indices, for its body/);
    expect(() => plate('p', { size: 4, count: 5 }, of(0))).toThrow(/a count of 1 to 4/);
    expect(() => plate('p', { size: 4, count: 2, subsample: 2 }, of(0))).toThrow(/one of count/);
  });
});
