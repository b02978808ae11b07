/** Random bijectors with inputs for them. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import type { AnyBijector, Shape, Tensor } from '../../../../dsl/index.js';
import { bijectors } from '../../../../dsl/index.js';
import { batchShapes, narrowed, numbersIn } from './number-arbitraries.js';
import { type Numbers, toTensor } from '../../statistics/numbers.js';

/** A bijector with an input `[...left, ...input]` for it. */
export interface BijectorCase {
  readonly label: string;
  readonly make: () => AnyBijector;
  readonly input: Numbers;
}

/** Bijectors between numbers, over a shape. */
const elementwiseOver = (shape: Shape): fc.Arbitrary<Omit<BijectorCase, 'input'>> =>
  fc.oneof(
    fc
      .constantFrom(bijectors.identity, bijectors.exp, bijectors.softplus)
      .map((b): Omit<BijectorCase, 'input'> => ({ label: b.name, make: () => b })),
    fc
      .tuple(fc.integer({ min: -8, max: 4 }), fc.integer({ min: 1, max: 16 }))
      .map(([low, width]) => ({
        label: `sigmoidTo(${low / 4}, ${(low + width) / 4})`,
        make: () => bijectors.sigmoidTo(low / 4, (low + width) / 4),
      })),
    fc
      .tuple(narrowed(shape), fc.boolean())
      .chain(([narrow, isDown]) =>
        fc.tuple(
          numbersIn(narrow, -3, 3),
          isDown ? numbersIn(shape, -2, -0.25) : numbersIn(shape, 0.25, 2),
        ),
      )
      .map(([loc, scale]) => ({
        label: `affine(${loc.values.join(', ')}; ${scale.values.join(', ')})`,
        make: () => bijectors.affine(toTensor(loc), toTensor(scale)),
      })),
  );

const elementwiseCases: fc.Arbitrary<BijectorCase> = batchShapes.chain((shape) =>
  fc
    .tuple(elementwiseOver(shape), numbersIn(shape, -3, 3))
    .map(([bijector, input]) => ({ ...bijector, input })),
);

/** Bijectors between positive numbers, or from them, over a shape. */
const positiveCases: fc.Arbitrary<BijectorCase> = batchShapes.chain((shape) =>
  fc
    .tuple(narrowed(shape), numbersIn(shape, 0.25, 3), fc.integer({ min: 0, max: 3 }))
    .chain(([narrow, input, which]) =>
      numbersIn(narrow, 0.5, 2).map((exponent): BijectorCase => {
        const { log, exp, power, invert, compose } = bijectors;
        const by = toTensor({ ...exponent, values: exponent.values.map((p) => -p) });
        const all: readonly (readonly [string, () => AnyBijector])[] = [
          ['log', () => log],
          ['power', () => power(by)],
          ['inverse of softplus', () => invert(bijectors.softplus)],
          ['power, log', () => compose(power(by), log, exp)],
        ];
        const [label, make] = all[which] ?? ['log', () => log];
        return { label, make, input };
      }),
    ),
);

/** Of k: how many numbers it takes, and what makes it of matrices near the identity. */
const vectorMaps: readonly (readonly [
  label: string,
  size: (k: number) => number,
  make: (k: number, loc: Numbers, matrix: Numbers) => AnyBijector,
])[] = [
  ['stickBreaking', (k) => k, () => bijectors.stickBreaking],
  ['lowerCholesky', (k) => (k * (k + 1)) / 2, () => bijectors.lowerCholesky],
  ['corrCholesky', (k) => (k * (k + 1)) / 2, () => bijectors.corrCholesky],
  ['ordered', (k) => k, () => bijectors.ordered],
  ['positiveOrdered', (k) => k, () => bijectors.positiveOrdered],
  ['permute', (k) => k, (k) => bijectors.permute(Array.from({ length: k }, (_, i) => (i + 1) % k))],
  [
    'lowerCholeskyAffine',
    (k) => k,
    (_, loc, matrix) => bijectors.lowerCholeskyAffine(toTensor(loc), lowerOf(matrix)),
  ],
  [
    'matrixAffine',
    (k) => k,
    (_, loc, matrix) => bijectors.matrixAffine(toTensor(loc), nearOne(matrix)),
  ],
  [
    'inverse of ordered',
    (k) => k,
    () => bijectors.compose(bijectors.ordered, bijectors.invert(bijectors.ordered)),
  ],
  [
    'matrixAffine, stickBreaking',
    (k) => k,
    (_, loc, matrix) =>
      bijectors.compose(
        bijectors.affine(0.5, 0.5),
        bijectors.matrixAffine(toTensor(loc), nearOne(matrix)),
        bijectors.stickBreaking,
      ),
  ],
];

/** 1 + A for a small A. */
const nearOne = (matrix: Numbers): Tensor =>
  tf.add(tf.eye(matrix.shape.at(-1) ?? 1), toTensor(matrix));

const lowerOf = (matrix: Numbers): Tensor =>
  tf.mul(nearOne(matrix), tf.linalg.bandPart(tf.ones(matrix.shape.slice(-2)), -1, 0));

const vectorCases: fc.Arbitrary<BijectorCase> = fc
  .tuple(batchShapes, fc.integer({ min: 1, max: 3 }), fc.constantFrom(...vectorMaps))
  .chain(([left, k, [label, size, make]]) =>
    fc
      .tuple(
        numbersIn([...left, size(k)], -2, 2),
        numbersIn([...left, k], -1, 1),
        numbersIn([k, k], -0.25, 0.25),
      )
      .map(([input, loc, matrix]) => ({
        label: `${label}(${k})`,
        make: () => make(k, loc, matrix),
        input,
      })),
  );

/** Every bijector of the language, with inputs of one event or of many. */
export const bijectorCases: fc.Arbitrary<BijectorCase> = fc.oneof(
  { weight: 5, arbitrary: elementwiseCases },
  { weight: 1, arbitrary: positiveCases },
  { weight: 5, arbitrary: vectorCases },
);
