/** Minibatches and plates: rows that meet others, terms that count too much. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  bernoulli,
  elbo,
  factor,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  rowsOf,
  sample,
  shared,
} from 'marginalia';
import type { Dataset } from 'marginalia/data';
import { type Finding, lint } from 'marginalia/lint';
import { of } from 'marginalia/monad';
import { type Joint, paramsIn, penalized, valuesIn } from 'marginalia/objectives';
import { describe, expect, it } from 'vitest';
import { type Of, inferenceOf, said } from './said.js';

const values = Float32Array.of(0.5, -1, 2, 0.3, 1.5, -0.7, 0.1, 0.9);
const eight = rowsOf(values, []);

interface Numbered extends tf.TensorContainerObject {
  readonly x: Tensor;
  readonly row: Tensor;
}

/** The same data with the number of each row. */
const numbered: Dataset<Numbered> = {
  size: 8,
  batch: (rows) => ({
    x: tf.tensor1d([...rows].map((i) => values[i] ?? 0)),
    row: tf.tensor1d([...rows], 'int32'),
  }),
};

const batch = tf.tensor1d(values.slice(0, 4));

const rulesOf = (findings: readonly Finding[], wanted: readonly string[]): readonly string[] =>
  findings.filter((f) => wanted.includes(f.rule)).map((f) => `${f.rule} at ${f.site}`);

const rowsIn = (x: Tensor): number => x.shape[0] ?? 0;

/** z_i ~ N(0, 1), x_i ~ N(z_i, 1). */
const local = (x: Tensor, deviation: Tensor | number | readonly number[] = 1) =>
  plate(
    'd',
    rowsIn(x),
    program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* observe('x', normal(z, deviation), x);
    }),
  );
const ownEach = (x: Tensor) =>
  plate(
    'd',
    rowsIn(x),
    program(function* () {
      const loc = yield* param('loc', 0);
      yield* sample('z', normal(loc, yield* shared(param('scale', 1, { support: positive }))));
    }),
  );
const amortised = (x: Tensor) =>
  program(function* () {
    const slope = yield* param('slope', 0.1);
    yield* plate('d', rowsIn(x), sample('z', normal(tf.mul(slope, x), 0.7)));
  });

describe('something for each place of a shuffled minibatch', () => {
  const unaligned = ['unalignedPlate'];
  const cases: readonly (readonly [string, Of<Tensor>, Of<Tensor>, readonly string[]])[] = [
    ['a parameter of the guide', (x) => local(x), ownEach, ["unalignedPlate at site 'x'"]],
    [
      'a parameter of the model',
      (x) =>
        plate(
          'd',
          rowsIn(x),
          program(function* () {
            yield* observe('x', normal(yield* param('effect', 0), 1), x);
          }),
        ),
      () => of({}),
      ["unalignedPlate at site 'x'"],
    ],
    [
      'a shared vector as long as the batch',
      (x) =>
        program(function* () {
          const effect = yield* param('effect', [0, 0, 0, 0]);
          yield* plate('d', rowsIn(x), observe('x', normal(effect, 1), x));
        }),
      () => of({}),
      ["unalignedPlate at site 'x'"],
    ],
    [
      'known deviations',
      (x) => local(x, tf.tensor1d([1, 2, 3, 4])),
      amortised,
      ["unalignedPlate at site 'x'"],
    ],
    [
      'parameters at indices that are those of the first rows in every batch',
      (x) =>
        plate(
          'd',
          { size: 8, indices: tf.range(0, rowsIn(x), 1, 'int32') },
          program(function* () {
            yield* observe('x', normal(yield* param('effect', 0), 1), x);
          }),
        ),
      () => of({}),
      ["unalignedPlate at site 'x'"],
    ],
    [
      'known deviations at rows that the engine draws',
      (x) =>
        program(function* () {
          const loc = yield* param('loc', 0);
          yield* plate('d', { size: 8, subsample: rowsIn(x) }, (at) =>
            observe('x', normal(loc, tf.gather(tf.range(1, 9), at)), x),
          );
        }),
      () => of({}),
      ["unalignedPlate at site 'x'"],
    ],
    [
      'known weights of a factor',
      (x) =>
        program(function* () {
          const w = yield* param('w', 0.2);
          const miss = tf.square(tf.sub(x, w));
          yield* plate('d', rowsIn(x), factor('f', tf.mul(miss, [-1, -2, -3, -4])));
        }),
      () => of({}),
      ["unalignedPlate at site 'f'"],
    ],
  ];

  it.each(cases)('stops training before its first step: %s', async (_, model, guide, expected) => {
    expect(await said(inferenceOf(model, guide), eight)).toEqual(expected);
    const found = lint(model, guide, elbo(), { batch, rows: 8 });
    expect(rulesOf(found, unaligned)).toEqual(expected);
    const [finding] = found.filter((f) => f.rule === 'unalignedPlate');
    expect(finding?.found).toMatch(/place of a row in the batch of 4, of 8 shuffled rows/);
    expect(finding?.cure).toMatch(
      /Carry the rows' numbers.*plate\('d', \{ size: 8, indices \}, …\)\. Gather/,
    );
    // All rows in one batch keep their places, and rows that are not shuffled have some.
    expect(rulesOf(lint(model, guide, elbo(), { batch, rows: 4 }), unaligned)).toEqual([]);
    const ordered = lint(model, guide, elbo(), { batch, rows: 8, shuffle: false });
    expect(rulesOf(ordered, unaligned)).toEqual([]);
  });

  it('is trained where rows are not shuffled', async () => {
    const inference = inferenceOf<Tensor>((x) => local(x), ownEach);
    expect(await said(inference, eight, { shuffle: false })).toEqual([]);
  });

  const fine: readonly (readonly [string, Of<Numbered>, Of<Numbered>])[] = [
    [
      'parameters at the rows that the batch carries',
      ({ x, row }) =>
        plate(
          'd',
          { size: 8, indices: row },
          program(function* () {
            const z = yield* sample('z', normal(0, 1));
            yield* observe('x', normal(z, tf.gather(tf.range(1, 9), row)), x);
          }),
        ),
      ({ row }) =>
        plate(
          'd',
          { size: 8, indices: row },
          program(function* () {
            yield* sample('z', normal(yield* param('loc', 0), 1));
          }),
        ),
    ],
    [
      'a guide that reads the rows, and equal constants',
      ({ x }) => local(x, tf.ones(x.shape)),
      ({ x }) => amortised(x),
    ],
    [
      'groups, as many as the batch has rows, that the batch names',
      ({ x, row }) =>
        program(function* () {
          const effects = yield* plate('groups', 4, sample('u', normal(0, 1)));
          const own = tf.gather(effects, tf.mod(row, tf.scalar(4, 'int32')));
          yield* plate('d', rowsIn(x), observe('x', normal(own, 1), x));
        }),
      () =>
        plate(
          'groups',
          4,
          program(function* () {
            yield* sample('u', normal(yield* param('loc', 0), 1));
          }),
        ),
    ],
    [
      'classes that are summed over',
      ({ x }) =>
        program(function* () {
          const gap = yield* param('gap', 1);
          yield* plate(
            'd',
            rowsIn(x),
            program(function* () {
              const c = yield* sample('c', bernoulli({ probs: 0.5 }));
              yield* observe('x', normal(tf.mul(c, gap), 1), x);
            }),
          );
        }),
      ({ x }) => plate('d', rowsIn(x), sample('c', bernoulli({ logits: tf.mul(x, 0.5) }))),
    ],
  ];

  it.each(fine)('is not %s', async (_, model, guide) => {
    const warnings = await said(inferenceOf(model, guide), numbered);
    expect(warnings.filter((w) => !w.includes('[unscaledMinibatch]'))).toEqual([]);
  });
});

describe('a plate sized by the batch, where the data are more', () => {
  const line = (x: Tensor) =>
    program(function* () {
      const w = yield* param('w', 0.2);
      const h = tf.mul(x, w);
      yield* plate('d', rowsIn(x), observe('x', normal(h, 1), x));
    });
  const decay = (joint: Joint) => tf.sum(tf.square(paramsIn(joint, 'w').w));
  const activity = (joint: Joint) => tf.sum(tf.abs(valuesIn(joint, 'model', 'x').x));
  const warned = (outside: string): readonly unknown[] => [
    expect.stringContaining(
      `plate 'd': its size is 4, that of the batch, of 8 rows; ${outside} outside it counts 2 times too much`,
    ),
  ];
  const none = () => of({});

  it('is said once where a latent site stands outside', async () => {
    const model = (x: Tensor) =>
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        yield* plate('d', rowsIn(x), observe('x', normal(z, 1), x));
      });
    const guide = () =>
      program(function* () {
        yield* sample('z', normal(yield* param('loc', 0), 1));
      });
    expect(await said(inferenceOf<Tensor>(model, guide), eight, { steps: 9 })).toEqual(
      warned("'z'"),
    );
  });

  it('or a penalty on parameters, and not one on the batch', async () => {
    const weighed = inferenceOf<Tensor>(line, none, penalized(elbo(), { decay, activity }));
    expect(await said(weighed, eight)).toEqual(warned("'decay'"));
    const twice = inferenceOf<Tensor>(line, none, penalized(elbo(), { decay, again: decay }));
    expect((await said(twice, eight))[0]).toContain("'decay', 'again' outside it count 2 times");
    const sparse = inferenceOf<Tensor>(line, none, penalized(elbo(), { activity }));
    expect(await said(sparse, eight)).toEqual([]);
    expect(await said(inferenceOf<Tensor>(line, none), eight)).toEqual([]);
  });

  it('or a factor, unless it sums the batch by hand; the plate may hold factors alone', async () => {
    const both = (outside: (x: Tensor, w: Tensor) => Tensor) => (x: Tensor) =>
      program(function* () {
        const w = yield* param('w', 0.2);
        yield* factor('outside', outside(x, w));
        yield* plate('d', rowsIn(x), factor('loss', tf.neg(tf.square(tf.sub(x, w)))));
      });
    const prior = both((_, w) => tf.neg(tf.square(w)));
    expect(await said(inferenceOf<Tensor>(prior, none), eight)).toEqual(warned("'outside'"));
    const byHand = both((x, w) => tf.neg(tf.sum(tf.square(tf.sub(x, w)))));
    expect(await said(inferenceOf<Tensor>(byHand, none), eight)).toEqual([]);
  });
});

describe('one number in a plate', () => {
  const model = (reduce: (each: Tensor) => Tensor) => (x: Tensor) =>
    program(function* () {
      const w = yield* param('w', 0.2);
      yield* plate('d', rowsIn(x), factor('loss', tf.neg(reduce(tf.square(tf.sub(x, w))))));
    });

  it('counts for each of its elements, which is said', async () => {
    const summed = inferenceOf<Tensor>(
      model((each) => tf.sum(each)),
      () => of({}),
    );
    const warnings = await said(summed, eight, { batchSize: 8 });
    expect(warnings).toEqual([
      expect.stringMatching(
        /^warning: site 'loss': it is one number for all elements of plate 'd', and counts once for each: 8 times/,
      ),
    ]);
    const each = inferenceOf<Tensor>(
      model((x) => x),
      () => of({}),
    );
    expect(await said(each, eight, { batchSize: 8 })).toEqual([]);
    const rules = rulesOf(
      lint(
        model((x) => tf.mean(x)),
        () => of({}),
        elbo(),
        { batch },
      ),
      ['repeatedFactor'],
    );
    expect(rules).toEqual(["repeatedFactor at site 'loss'"]);
  });

  it('that is a constant is nobody’s concern', async () => {
    const constant = inferenceOf<Tensor>(
      (x) =>
        program(function* () {
          const w = yield* param('w', 0.2);
          yield* plate(
            'd',
            rowsIn(x),
            program(function* () {
              yield* factor('c', -0.5);
              yield* observe('x', normal(w, 1), x);
            }),
          );
        }),
      () => of({}),
    );
    expect(await said(constant, eight)).toEqual([]);
  });
});
