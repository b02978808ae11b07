/** Random bijectors with inputs for them. */
import * as fc from 'fast-check';
import type { Bijector, Shape } from '../../../../dsl/index.js';
import { bijectors } from '../../../../dsl/index.js';
import { batchShapes, narrowed, numbersIn } from './number-arbitraries.js';
import { type Numbers, toTensor } from '../../statistics/numbers.js';

/** A bijector with an input `[...left, ...input]` for it. */
export interface BijectorCase {
  readonly label: string;
  readonly make: () => Bijector;
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

const vectorCases: fc.Arbitrary<BijectorCase> = fc
  .tuple(batchShapes, fc.integer({ min: 1, max: 3 }), fc.boolean())
  .chain(([left, k, isSimplex]) =>
    numbersIn([...left, isSimplex ? k : (k * (k + 1)) / 2], -2, 2).map((input) =>
      isSimplex
        ? { label: `stickBreaking(${k + 1})`, make: () => bijectors.stickBreaking, input }
        : { label: `lowerCholesky(${k})`, make: () => bijectors.lowerCholesky, input },
    ),
  );

/** Every bijector of the language, with inputs of one event or of many. */
export const bijectorCases: fc.Arbitrary<BijectorCase> = fc.oneof(
  { weight: 5, arbitrary: elementwiseCases },
  { weight: 2, arbitrary: vectorCases },
);
