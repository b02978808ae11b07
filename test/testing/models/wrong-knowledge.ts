/** Mistakes in what is taken for the posterior, another order or other coordinates. */
import * as tf from '@tensorflow/tfjs';
import {
  categorical,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  shared,
} from 'marginalia';
import {
  logNormalAt,
  size,
  readings,
  every,
  posteriorOf,
  centre,
  learned,
  sensors,
  one,
} from './known-inferences.js';
import { type WrongModel, mistake } from './wrong-model.js';

// Two numbers: a ~ N(0, 1), b ~ N(0, 2), x = a + b + noise of 1 is 2.
const sum = program(function* () {
  const a = yield* sample('a', normal(0, 1));
  const b = yield* sample('b', normal(0, 2));
  yield* observe('x', normal(tf.add(a, b), 1), 2);
});

/** The exact posterior of both, a first: a | x ~ N(1/3, √(5/6)), b | a, x ~ N(0.8 (2 − a), √0.8). */
const sumPosterior = (first: string, second: string) =>
  program(function* () {
    const a = yield* sample(first, normal(1 / 3, Math.sqrt(5 / 6)));
    yield* sample(second, normal(tf.mul(0.8, tf.sub(2, a)), Math.sqrt(0.8)));
  });

const meanField = program(function* () {
  yield* sample('a', normal(yield* param('a loc', 0.3), 0.7));
  yield* sample('b', normal(yield* param('b loc', 1.2), 0.8));
});

// Classes: k of three for each of four numbers.
const means: readonly number[] = [-3, 0, 3];
const marks: readonly number[] = [-3, 0, 3, 2.5];
const classes = plate(
  'marks',
  4,
  program(function* () {
    const k = yield* sample('k', categorical({ probs: [1, 1, 1] }));
    yield* observe('x', normal(tf.gather([...means], k.toInt()), 1), marks);
  }),
);
const joint = marks.map((x) => means.map((m) => logNormalAt(x - m, 1) - Math.log(3)));
const classEvidence = joint.reduce(
  (total, row) => total + Math.log(row.reduce((s, l) => s + Math.exp(l), 0)),
  0,
);
const classGuide = (logits: readonly number[]) =>
  plate(
    'marks',
    4,
    program(function* () {
      const learnt = yield* shared(param('logits', logits));
      yield* sample('k', categorical({ logits: learnt }));
    }),
  );

export const wrongKnowledge: readonly WrongModel[] = [
  mistake(
    'a guide that reads the row of a neighbour, taken for the posterior',
    'checkExactGuide',
    (isWrong) => ({
      ...sensors,
      posterior: isWrong
        ? plate(
            'sensors',
            { size, indices: every },
            sample('z', normal(tf.mul(0.8, tf.reverse(readings)), Math.sqrt(0.2))),
          )
        : posteriorOf(every),
    }),
  ),
  mistake('a variance where a standard deviation belongs', 'checkExactGuide', (isWrong) => ({
    ...one,
    posterior: sample('z', normal(0.75, isWrong ? 0.5 : Math.SQRT1_2)),
  })),
  mistake('two sites that are swapped', 'checkExactGuide', (isWrong) => ({
    model: sum,
    guide: meanField,
    posterior: isWrong ? sumPosterior('b', 'a') : sumPosterior('a', 'b'),
    logEvidence: logNormalAt(2, 6),
  })),
  mistake('another order that changes what depends on what', 'checkReordering', (isWrong) => ({
    model: sum,
    guide: meanField,
    reordered: {
      guide: program(function* () {
        const b = yield* sample('b', normal(yield* param('b loc', 1.2), 0.8));
        const loc = yield* param('a loc', 0.3);
        yield* sample('a', normal(isWrong ? tf.add(loc, tf.mul(0.1, b)) : loc, 0.7));
      }),
    },
  })),
  mistake('data that are counted twice', 'checkExactGuide', (isWrong) => ({
    ...one,
    model: program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* observe('x', normal(z, 1), 1.5);
      if (isWrong) yield* observe('x again', normal(z, 1), 1.5);
    }),
  })),
  mistake('a class that is never drawn', 'checkCoverage', (isWrong) => ({
    model: classes,
    guide: classGuide([0, 0, isWrong ? -40 : -4]),
    posterior: plate(
      'marks',
      4,
      sample('k', categorical({ logits: joint.map((row) => [...row]) })),
    ),
    logEvidence: classEvidence,
  })),
  mistake('other coordinates without their scale', 'checkReparameterisation', (isWrong) => ({
    model: centre,
    guide: learned,
    as: {
      // z = 2 e.
      model: program(function* () {
        const e = yield* sample('e', normal(0, isWrong ? 1 : 0.5));
        yield* observe('x', normal(tf.mul(2, e), 1), 1.5);
      }),
      guide: program(function* () {
        const loc = yield* param('loc', 0.5);
        const scale = yield* param('scale', 0.8, { support: positive });
        yield* sample('e', normal(tf.div(loc, 2), tf.div(scale, 2)));
      }),
      values: ({ z }) => ({ e: tf.div(z ?? Number.NaN, 2) }),
    },
  })),
];
