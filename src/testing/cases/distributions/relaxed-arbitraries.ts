/** Random laws beside those of ones and classes: continuous, relaxed and rounded, as labelled cases. */
import * as fc from 'fast-check';
import {
  continuousBernoulli,
  discretizedLogistic,
  relaxedBernoulli,
  relaxedOneHotCategorical,
} from '../../../../dsl/distributions/index.js';
import { type DistributionCase, caseOf } from './family-arbitraries.js';
import { batchShapes, numbersIn } from './number-arbitraries.js';
import { withTwo } from './scalar-arbitraries.js';

/** Random continuous Bernoullis, by logits on both sides of 0 or by probabilities. */
export const continuousBernoulliCases: fc.Arbitrary<DistributionCase> = batchShapes.chain((batch) =>
  fc.oneof(
    numbersIn(batch, -6, 6).map((p) =>
      caseOf('continuousBernoulli by logits', [p], ([logits = 0]) =>
        continuousBernoulli({ logits }),
      ),
    ),
    numbersIn(batch, 0.05, 0.95).map((p) =>
      caseOf('continuousBernoulli by probs', [p], ([probs = 0.5]) =>
        continuousBernoulli({ probs }),
      ),
    ),
  ),
);

/** Random relaxed Bernoullis, with densities that are bounded and that are not. */
export const relaxedBernoulliCases: fc.Arbitrary<DistributionCase> = batchShapes.chain(
  withTwo('relaxedBernoulli', [0.4, 2], [-2, 2], (temperature, logits) =>
    relaxedBernoulli(temperature, { logits }),
  ),
);

/** Random relaxed one-hot categoricals of two to four classes. */
export const relaxedOneHotCategoricalCases: fc.Arbitrary<DistributionCase> = fc
  .tuple(batchShapes, fc.integer({ min: 2, max: 4 }))
  .chain(([batch, classes]) =>
    fc
      .tuple(numbersIn(batch, 0.5, 2), numbersIn([...batch, classes], -1, 1))
      .map((parameters) =>
        caseOf(`relaxedOneHotCategorical of ${classes}`, parameters, ([t = 1, logits = []]) =>
          relaxedOneHotCategorical(t, { logits }),
        ),
      ),
  );

/** Random discretised logistics, of which some have much at an end. */
export const discretizedLogisticCases: fc.Arbitrary<DistributionCase> = batchShapes.chain(
  withTwo('discretizedLogistic', [-1, 8], [0.3, 3], (loc, scale) =>
    discretizedLogistic(loc, scale, 0, 7),
  ),
);
