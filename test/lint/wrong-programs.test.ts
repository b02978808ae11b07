/** Small programs that went wrong without a word: `lint` finds each, by a finding or by the error of the derivation. */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  elbo,
  factor,
  iwae,
  lint,
  mask,
  normal,
  observe,
  of,
  param,
  pathwise,
  penalized,
  plate,
  program,
  sample,
  scoreFunction,
  stopGradient,
  tailAdaptive,
  blackBox,
} from 'marginalia';
import { expect, it } from 'vitest';
import { free, pair, unvisited } from './programs.js';

type AnyProgram = Program<unknown, unknown>;

/** What `lint` says: its findings, or what it throws. */
const said = (run: () => readonly { readonly rule: string; readonly found: string }[]): string => {
  try {
    return run()
      .map(({ rule, found }) => `${rule}: ${found}`)
      .join('\n');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const location = program(function* () {
  yield* observe('x', normal(yield* param('loc', 0.5), 1), 1);
});

const masked = (keep: readonly number[]): AnyProgram =>
  program(function* () {
    const loc = yield* param('loc', 0.5);
    yield* plate('d', 2, observe('x', mask(normal(loc, 1), keep), [3, 1]));
  });

const inRows = (body: AnyProgram, rows: readonly number[]): AnyProgram =>
  plate('d', { size: 10, indices: tf.tensor1d([...rows], 'int32') }, body);

const local = program(function* () {
  const z = yield* sample('z', normal(0, 1));
  yield* observe('x', normal(z, 1), [1, 2, 3]);
});

const localGuide = program(function* () {
  yield* sample('z', normal(yield* param('l', 0), 0.7));
});

const reward = (f: (z: tf.Tensor) => tf.Tensor): AnyProgram =>
  program(function* () {
    yield* factor('f', f(yield* sample('z', normal(0, 1))));
  });

const plain = (z: tf.Tensor): tf.Tensor => tf.scalar(-(Number(z.arraySync()) ** 2));

const boxed = blackBox((z: tf.Tensor) => -(Number(z.arraySync()) ** 2), { shape: [] });

it.each<[string, () => ReturnType<typeof lint>, RegExp]>([
  ['a mask that is a weight', () => lint(masked([2, 1]), of({}), elbo()), /mask to be 0 or 1, but got 2 /],
  ['a mask of bytes', () => lint(masked([255, 0]), of({}), elbo()), /mask to be 0 or 1, but got 255 /],
  [
    'a plate of no elements',
    () => lint(inRows(observe('x', normal(0, 1), []), []), of({}), elbo()),
    /plate 'd'.*expected.*but got/,
  ],
  [
    'model and guide that visit other elements',
    () => lint(inRows(local, [0, 1, 2]), inRows(localGuide, [7, 8, 9]), elbo()),
    /plate 'd'/,
  ],
  [
    'a penalty without tf.sum',
    () => lint(location, of({}), penalized(elbo(), { p: () => tf.zeros([4]) })),
    /'?p'?.*scalar.*\[4\]/,
  ],
  [
    'host code in a factor, under a score function',
    () => lint(reward(plain), free(), elbo({ estimators: { z: scoreFunction() } })),
    /site 'z'.*blackBox\(f, \{ shape \}\)/,
  ],
  [
    'a pathwise estimator through host code',
    () => lint(reward(boxed), free(), elbo({ estimators: { z: pathwise() } })),
    /site 'z'.*through host code/,
  ],
  [
    'an objective through the draws, and host code',
    () => lint(reward(boxed), free(), tailAdaptive({ particles: 2 })),
    /site 'z'.*through host code/,
  ],
  [
    'a parameter of host code',
    () =>
      lint(
        program(function* () {
          const z = yield* sample('z', normal(0, 1));
          yield* factor('f', boxed(tf.add(z, yield* param('bias', 0))));
        }),
        free(),
        elbo(),
      ),
    /param 'bias'.*Put a site in between/,
  ],
  ['no factor and no observation', () => lint(unvisited, free(), elbo()), /noObservations/],
  ['no parameter', () => lint(pair(), sample('z', normal(0, 1)), elbo()), /noParameters/],
  [
    'a tf.variable that is no parameter',
    () => {
      const w = tf.variable(tf.scalar(1), true, 'stray');
      const model = program(function* () {
        const z = yield* sample('z', normal(0, 1));
        yield* observe('x', normal(tf.mul(w, z), 1), 1);
      });
      const found = lint(model, free(), iwae({ particles: 2 }));
      w.dispose();
      return found;
    },
    /strayVariable/,
  ],
  [
    'a draw whose gradient is cut by rounding',
    () =>
      lint(
        pair(),
        program(function* () {
          yield* sample('z', normal(tf.round(yield* param('m', 0.3)), 1));
        }),
        elbo(),
      ),
    /untrainedParameter/,
  ],
  [
    'a draw whose gradient is stopped',
    () =>
      lint(
        pair(),
        program(function* () {
          yield* sample('z', normal(stopGradient(yield* param('m', 0.3)), 1));
        }),
        elbo(),
      ),
    /untrainedParameter/,
  ],
])('%s', (_, run, expected) => {
  expect(said(run)).toMatch(expected);
});

it('and nothing certain in programs that are right', () => {
  const coin = program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* observe('x', mask(normal(z, 1), 1), 1);
  });
  const found = [
    lint(coin, free(0.7), elbo()),
    lint(reward(boxed), free(), elbo({ particles: 2 })),
    lint(
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        // Steps of a draw are legal under a score function.
        yield* factor('f', tf.neg(tf.abs(tf.round(z))));
      }),
      free(),
      elbo({ particles: 2, estimators: { z: scoreFunction() } }),
    ),
  ].flat();
  expect(found.filter((f) => f.severity !== 'advice')).toEqual([]);
});
