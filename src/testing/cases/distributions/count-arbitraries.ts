/** Random laws of counts as labelled cases. */
import * as fc from 'fast-check';
import type { Tensor } from '../../../../dsl/index.js';
import {
  betaBinomial,
  binomial,
  dirichletMultinomial,
  discreteUniform,
  geometric,
  multinomial,
  negativeBinomial,
  negativeBinomial2,
  poisson,
} from '../../../../dsl/distributions/index.js';
import { type DistributionCase, caseOf } from './family-arbitraries.js';
import { batchShapes, numbersIn, shapePairs } from './number-arbitraries.js';
import { withTwo } from './scalar-arbitraries.js';

/** Random Poissons, with most mass at 0 and with little. */
export const poissonCases: fc.Arbitrary<DistributionCase> = batchShapes.chain((batch) =>
  numbersIn(batch, 0.25, 20).map((p) => caseOf('poisson', [p], ([rate = 1]) => poisson(rate))),
);

/** Random geometrics, by logits or by probabilities. */
export const geometricCases: fc.Arbitrary<DistributionCase> = batchShapes.chain((batch) =>
  fc.oneof(
    numbersIn(batch, -2, 3).map((p) =>
      caseOf('geometric by logits', [p], ([logits = 0]) => geometric({ logits })),
    ),
    numbersIn(batch, 0.1, 0.95).map((p) =>
      caseOf('geometric by probs', [p], ([probs = 0.5]) => geometric({ probs })),
    ),
  ),
);

/** Random binomials by a number of trials, whose values are listed, or by a tensor of them. */
export const binomialCases: fc.Arbitrary<DistributionCase> = batchShapes.chain((batch) =>
  fc.oneof(
    fc
      .tuple(fc.integer({ min: 0, max: 9 }), numbersIn(batch, -2, 2))
      .map(([n, p]) =>
        caseOf(`binomial(${n}) by logits`, [p], ([logits = 0]) => binomial(n, { logits })),
      ),
    fc
      .tuple(fc.integer({ min: 1, max: 40 }), numbersIn(batch, 0.05, 0.95))
      .map(([n, p]) =>
        caseOf(`binomial(${n}) by probs`, [p], ([probs = 0.5]) => binomial(n, { probs })),
      ),
    fc
      .tuple(fc.integer({ min: 1, max: 40 }), numbersIn(batch, 0.05, 0.95))
      .map(([n, p]) =>
        caseOf(`binomial of a tensor ${n}`, [p], ([probs = 0.5]) => binomial([n], { probs })),
      ),
  ),
);

/** Random negative binomials, by mean and concentration or by a count and a chance. */
export const negativeBinomialCases: fc.Arbitrary<DistributionCase> = batchShapes.chain((batch) =>
  fc.oneof<fc.Arbitrary<DistributionCase>[]>(
    withTwo('negativeBinomial2', [0.5, 10], [0.5, 8], negativeBinomial2)(batch),
    withTwo('negativeBinomial by logits', [0.5, 8], [-2, 1], (n, logits) =>
      negativeBinomial(n, { logits }),
    )(batch),
    withTwo('negativeBinomial by probs', [0.5, 8], [0.1, 0.75], (n, probs) =>
      negativeBinomial(n, { probs }),
    )(batch),
  ),
);

const ofTrials = (n: number) => (a: Tensor | number, b: Tensor | number) => betaBinomial(a, b, n);

/** Random beta-binomials by a number of trials. */
export const betaBinomialCases: fc.Arbitrary<DistributionCase> = fc
  .tuple(batchShapes, fc.integer({ min: 0, max: 12 }))
  .chain(([batch, n]) =>
    shapePairs(batch)
      .chain(([a, b]) => fc.tuple(numbersIn(a, 0.5, 6), numbersIn(b, 0.5, 6)))
      .map((parameters) =>
        caseOf(`betaBinomial of ${n}`, parameters, ([a = 1, b = 1]) => ofTrials(n)(a, b)),
      ),
  );

/** Random discrete uniforms between numbers, whose values are listed, and between tensors. */
export const discreteUniformCases: fc.Arbitrary<DistributionCase> = fc
  .tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 12 }), fc.boolean())
  .map(([low, width, isListed]) =>
    caseOf(`discreteUniform from ${low} to ${low + width}`, [], () =>
      isListed
        ? discreteUniform(low, low + width)
        : discreteUniform([low, low - 1], [[low + width], [low + 5 * width]]),
    ),
  );

/** Random multinomials over one to three classes, by a number of things, whose values are listed, or by a tensor. */
export const multinomialCases: fc.Arbitrary<DistributionCase> = fc
  .tuple(batchShapes, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 9 }))
  .chain(([batch, classes, n]) =>
    fc.oneof(
      numbersIn([...batch, classes], -2, 2).map((p) =>
        caseOf(`multinomial of ${n} by logits`, [p], ([logits = []]) => multinomial(n, { logits })),
      ),
      numbersIn([...batch, classes + 1], 0.1, 2).map((p) =>
        caseOf(`multinomial of a tensor ${n + 3} by probs`, [p], ([probs = []]) =>
          multinomial([n + 3], { probs }),
        ),
      ),
    ),
  );

/** Random Dirichlet-multinomials over two or three classes, likewise. */
export const dirichletMultinomialCases: fc.Arbitrary<DistributionCase> = fc
  .tuple(batchShapes, fc.integer({ min: 2, max: 3 }), fc.integer({ min: 0, max: 9 }), fc.boolean())
  .chain(([batch, classes, n, isListed]) =>
    numbersIn([...batch, classes], 0.5, 6).map((p) =>
      caseOf(`dirichletMultinomial of ${n}`, [p], ([concentration = []]) =>
        dirichletMultinomial(concentration, isListed ? n : [n + 3]),
      ),
    ),
  );
