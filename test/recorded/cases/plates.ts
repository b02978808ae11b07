/** Plates: subsampled, nested and crossed; masks, factors, and sites that are known in part. */
import * as tf from '@tensorflow/tfjs';
import {
  type Svi,
  type Tensor,
  bernoulli,
  condition,
  elbo,
  expand,
  factor,
  independent,
  iwae,
  logNormal,
  mask,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  sgd,
  shared,
  svi,
} from 'marginalia';
import { halfCauchy } from 'marginalia/distributions';
import { type RecordedCase, recordedCase } from '../recorded-case.js';
import { wave } from '../wave.js';

const optimizer = sgd(0.1);

/** The eight schools of Rubin 1981, not centred. */
const eightSchools = (objective: Parameters<typeof svi>[0]['objective']): Svi<void> =>
  svi({
    model: () =>
      program(function* () {
        const mu = yield* sample('mu', normal(0, 5));
        const tau = yield* sample('tau', halfCauchy(5));
        yield* plate(
          'schools',
          8,
          program(function* () {
            const eta = yield* sample('eta', normal(0, 1));
            const effects = [28, 8, -3, 7, -1, 1, 18, 12];
            const errors = [15, 10, 16, 11, 9, 11, 10, 18];
            yield* observe('y', normal(tf.add(mu, tf.mul(tau, eta)), errors), effects);
          }),
        );
      }),
    guide: () =>
      program(function* () {
        const loc = yield* param('mu/loc', 3);
        yield* sample('mu', normal(loc, yield* param('mu/scale', 2, { support: positive })));
        yield* sample('tau', logNormal(yield* param('tau/loc', 0.8), 0.5));
        yield* plate(
          'schools',
          8,
          program(function* () {
            const eta = yield* param('eta/loc', 0.2);
            yield* sample(
              'eta',
              normal(eta, yield* param('eta/scale', 0.9, { support: positive })),
            );
          }),
        );
      }),
    objective,
    optimizer,
  });

/** Four of ten rows, which the engine draws, with parameters of each row. */
const subsampled = (particles: number): Svi<Tensor> =>
  svi({
    model: (x: Tensor) =>
      program(function* () {
        const slope = yield* param('slope', 0.8);
        const z = yield* sample('z', normal(0, 1));
        yield* plate('rows', { size: 10, subsample: 4 }, (rows) =>
          program(function* () {
            const w = yield* sample('w', normal(tf.mul(slope, z), 1));
            yield* observe('x', normal(w, 0.6), tf.gather(x, rows));
          }),
        );
      }),
    guide: () =>
      program(function* () {
        yield* sample('z', normal(yield* param('loc', 0.2), 0.7));
        yield* plate('rows', { size: 10, subsample: 4 }, () =>
          program(function* () {
            const loc = yield* param('w/loc', 0.1);
            yield* sample('w', normal(loc, yield* param('w/scale', 0.8, { support: positive })));
          }),
        );
      }),
    objective: elbo({ particles }),
    optimizer,
  });

/** Three of nine rows, which the batch names. */
const indexed: Svi<{ readonly x: Tensor; readonly rows: Tensor }> = svi({
  model: ({ x, rows }: { readonly x: Tensor; readonly rows: Tensor }) =>
    plate(
      'rows',
      { size: 9, indices: rows },
      program(function* () {
        const prior = yield* shared(param('prior', 0.3));
        const z = yield* sample('z', normal(prior, 1));
        yield* observe('x', normal(z, 0.6), x);
      }),
    ),
  guide: ({ rows }: { readonly x: Tensor; readonly rows: Tensor }) =>
    plate(
      'rows',
      { size: 9, indices: rows },
      program(function* () {
        yield* sample('z', normal(yield* param('loc', 0.2), 0.7));
      }),
    ),
  objective: iwae({ particles: 4 }),
  optimizer,
});

/** Rows in groups, with a latent number at each level. */
const nested = (particles: number): Svi<Tensor> =>
  svi({
    model: (x: Tensor) =>
      plate(
        'groups',
        3,
        program(function* () {
          const group = yield* sample('group', normal(0, 1.2));
          yield* plate(
            'rows',
            2,
            program(function* () {
              const row = yield* sample('row', normal(group, 0.8));
              yield* observe('x', normal(row, 0.5), x);
            }),
          );
        }),
      ),
    guide: () =>
      plate(
        'groups',
        3,
        program(function* () {
          const loc = yield* param('group/loc', 0.2);
          const group = yield* sample('group', normal(loc, 0.6));
          yield* plate(
            'rows',
            2,
            program(function* () {
              const shift = yield* param('row/shift', -0.1);
              yield* sample('row', normal(tf.add(group, shift), 0.7));
            }),
          );
        }),
      ),
    objective: elbo({ particles, closedFormKl: 'never' }),
    optimizer,
  });

/** Factors of users and of items, whose products are observed. */
const crossed: Svi<Tensor> = svi({
  model: (x: Tensor) =>
    program(function* () {
      const users = yield* plate(
        'users',
        { size: 4, axis: -2 },
        sample('u', independent(expand(normal(0, 1), [2]))),
      );
      const items = yield* plate(
        'items',
        { size: 3, axis: -1 },
        sample('v', independent(expand(normal(0, 1), [2]))),
      );
      const rating = tf.sum(tf.mul(users, items), -1);
      const noise = yield* param('noise', 0.7, { support: positive });
      yield* plate(
        'users',
        { size: 4, axis: -2 },
        plate('items', { size: 3, axis: -1 }, observe('x', normal(rating, noise), x)),
      );
    }),
  guide: () =>
    program(function* () {
      yield* plate(
        'users',
        { size: 4, axis: -2 },
        program(function* () {
          const loc = yield* param('u/loc', [0.3, -0.4]);
          yield* sample('u', independent(normal(loc, 0.5)));
        }),
      );
      yield* plate(
        'items',
        { size: 3, axis: -1 },
        program(function* () {
          const loc = yield* param('v/loc', [0.6, 0.2]);
          yield* sample('v', independent(normal(loc, 0.4)));
        }),
      );
    }),
  objective: elbo({ particles: 2 }),
  optimizer,
});

/** Some rows do not count, and a factor does. */
const masked = (particles: number): Svi<Tensor> =>
  svi({
    model: (x: Tensor) =>
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        yield* factor('near 2', tf.mul(-0.5, tf.square(tf.sub(z, 2))));
        yield* plate('rows', 4, observe('x', mask(normal(z, 0.7), [1, 0, 1, 1]), x));
      }),
    guide: () =>
      program(function* () {
        const loc = yield* param('loc', 0.4);
        yield* sample('z', normal(loc, yield* param('scale', 0.6, { support: positive })));
      }),
    objective: elbo({ particles }),
    optimizer,
  });

const partOfNormals: Svi<Tensor> = svi({
  model: (x: Tensor) =>
    condition(
      plate(
        'rows',
        4,
        program(function* () {
          const prior = yield* shared(param('prior', 0.2));
          const y = yield* sample('y', normal(prior, 1));
          yield* observe('x', normal(tf.mul(y, 1.5), 0.9), x);
        }),
      ),
      { y: { value: [0.7, NaN, NaN, -0.4], where: [1, 0, 0, 1] } },
    ),
  guide: (x: Tensor) =>
    plate(
      'rows',
      4,
      program(function* () {
        const weight = yield* shared(param('weight', 0.6));
        const scale = yield* shared(param('scale', 0.7, { support: positive }));
        yield* sample('y', normal(tf.mul(weight, x), scale));
      }),
    ),
  objective: elbo({ particles: 3 }),
  optimizer,
});

const partOfBits: Svi<Tensor> = svi({
  model: (x: Tensor) =>
    condition(
      plate(
        'rows',
        4,
        program(function* () {
          const prior = yield* shared(param('prior', 0.2));
          const y = yield* sample('y', bernoulli({ logits: prior }));
          yield* observe('x', normal(tf.mul(y, 1.5), 0.9), x);
        }),
      ),
      { y: { value: [1, 0, 0, 0], where: [1, 0, 1, 0] } },
    ),
  guide: (x: Tensor) =>
    plate(
      'rows',
      4,
      program(function* () {
        const weight = yield* shared(param('weight', 0.6));
        yield* sample('y', bernoulli({ logits: tf.mul(weight, x) }));
      }),
    ),
  objective: elbo(),
  optimizer,
});

export const plates: readonly RecordedCase[] = [
  recordedCase('eight schools: elbo', () => ({ svi: eightSchools(elbo()), batch: undefined })),
  recordedCase('eight schools: elbo, 8 particles', () => ({
    svi: eightSchools(elbo({ particles: 8 })),
    batch: undefined,
  })),
  recordedCase('eight schools: iwae, 8 particles', () => ({
    svi: eightSchools(iwae({ particles: 8 })),
    batch: undefined,
  })),
  recordedCase('a subsample: elbo', () => ({ svi: subsampled(1), batch: wave([10]) })),
  recordedCase('a subsample: elbo, 3 particles', () => ({ svi: subsampled(3), batch: wave([10]) })),
  recordedCase('rows by their numbers: iwae, 4 particles', () => ({
    svi: indexed,
    batch: { x: wave([3]), rows: tf.tensor1d([7, 0, 4], 'int32') },
  })),
  recordedCase('plates in plates: elbo', () => ({ svi: nested(1), batch: wave([2, 3]) })),
  recordedCase('plates in plates: elbo, 3 particles', () => ({
    svi: nested(3),
    batch: wave([2, 3]),
  })),
  recordedCase('crossed plates: elbo, 2 particles', () => ({ svi: crossed, batch: wave([4, 3]) })),
  recordedCase('a mask and a factor: elbo', () => ({ svi: masked(1), batch: wave([4]) })),
  recordedCase('a mask and a factor: elbo, 4 particles', () => ({
    svi: masked(4),
    batch: wave([4]),
  })),
  recordedCase('numbers that are known in part: elbo, 3 particles', () => ({
    svi: partOfNormals,
    batch: wave([4]),
  })),
  recordedCase('bits that are known in part: summed over', () => ({
    svi: partOfBits,
    batch: wave([4]),
  })),
];
