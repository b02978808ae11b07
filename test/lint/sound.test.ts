/** Sound programs that look like wrong ones: `fit` trains them, and says nothing. */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type Tensor,
  bernoulli,
  block,
  elbo,
  factor,
  fit,
  freeState,
  key,
  normal,
  observe,
  param,
  plate,
  program,
  rowsOf,
  sample,
  sgd,
  shared,
  svi,
} from 'marginalia';
import { of } from 'marginalia/monad';
import { expect, it } from 'vitest';
import { right } from '../either.js';

type AnyProgram = Program<unknown, unknown>;
type Of = (x: Tensor) => AnyProgram;

const columns = 4;
const data = rowsOf(
  Float32Array.from({ length: 12 * columns }, (_, i) => Math.sin(i * 1.7)),
  [columns],
);

const some = { size: 12, subsample: 4 };
const first = (x: Tensor): Tensor => tf.squeeze(tf.slice(x, [0, 0], [-1, 1]), [1]);
const none: Of = () => of({});

const cases: readonly (readonly [string, Of, Of])[] = [
  [
    'features in a plate of their own, as many as the batch has rows',
    (x) =>
      program(function* () {
        const means = tf.expandDims(yield* param('means', [0, 1, 2, 3]), -1);
        yield* plate(
          'rows',
          some,
          plate('features', columns, observe('x', normal(means, 1), tf.transpose(x))),
        );
      }),
    none,
  ],
  [
    'times in a plate to the right of the rows, as many as the batch has rows',
    (x) =>
      plate(
        'rows',
        { ...some, axis: -2 },
        plate(
          'times',
          { size: columns, axis: -1 },
          program(function* () {
            const trend = yield* shared(param('trend', [0.1, 0.2, 0.3, 0.4]));
            yield* observe('x', normal(trend, 1), x);
          }),
        ),
      ),
    none,
  ],
  [
    'rows that are set against their neighbours',
    (x) =>
      program(function* () {
        const w = yield* param('w', 0.2);
        const neighbours = tf.concat([tf.slice(x, [1, 0]), tf.slice(x, 0, 1)]);
        yield* plate('rows', some, factor('f', tf.mul(w, tf.sum(tf.mul(x, neighbours), -1))));
      }),
    none,
  ],
  [
    'one observation for whatever rows the engine draws',
    () =>
      plate(
        'rows',
        some,
        program(function* () {
          const z = yield* sample('z', normal(0, 1));
          yield* observe('one', bernoulli({ logits: z }), 1);
          yield* observe('ones', bernoulli({ logits: z }), [1, 1, 1, 1]);
        }),
      ),
    () =>
      plate(
        'rows',
        some,
        program(function* () {
          yield* sample('z', normal(yield* param('loc', 0), 1));
        }),
      ),
  ],
  [
    'a hidden draw that no term is computed from, as of data to come',
    (x) =>
      program(function* () {
        const chance = yield* param('chance', 0.4);
        yield* plate('rows', some, observe('x', normal(chance, 1), first(x)));
        yield* block(sample('next', bernoulli({ probs: chance })), ['next']);
      }),
    none,
  ],
  [
    'data that reach the bound through a hidden draw alone',
    (x) =>
      plate(
        'rows',
        some,
        program(function* () {
          const noisy = yield* block(sample('noisy', normal(first(x), 1)), ['noisy']);
          const z = yield* sample('z', normal(0, 1));
          yield* observe('one', bernoulli({ logits: tf.mul(noisy, z) }), 1);
        }),
      ),
    (x) =>
      plate(
        'rows',
        some,
        program(function* () {
          const slope = yield* shared(param('slope', 0.1));
          yield* sample('z', normal(tf.mul(slope, first(x)), 1));
        }),
      ),
  ],
];

it.each(cases)('%s', async (_, model, guide) => {
  const said: string[] = [];
  const { state } = right(
    await fit({
      svi: svi({ model, guide, objective: elbo(), optimizer: sgd(0.01) }),
      data,
      batchSize: 4,
      length: { steps: 2 },
      key: key(0),
      engine: 'eager',
      onWarning: (line) => said.push(line),
    })(),
  );
  freeState(state);
  expect(said).toEqual([]);
});
