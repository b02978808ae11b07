/** The logarithms of what a law has below a value and above it. */
import type { Distribution } from '../law/distribution.js';
import { logOrImpossible, logOther } from '../numerics/special.js';
import { demand } from '../refusals/options.js';
import type { Tensor } from '../tensors/tensor.js';

export interface Tails {
  /** log P(draw ≤ value). */
  readonly below: (value: Tensor) => Tensor;
  /** log P(draw > value). */
  readonly above: (value: Tensor) => Tensor;
}

/** Those of a law of one number, by its own logarithms or by its distribution function; `who` asks. */
export const tailsOf = (who: string, d: Distribution): Tails => {
  const { cdf, logCdf, logSurvival } = d;
  const share = cdf ?? d.logProb;
  demand(
    cdf !== undefined || (logCdf !== undefined && logSurvival !== undefined),
    who,
    'a law with a distribution function',
    'one without',
    'give it a cdf, or logCdf and logSurvival, or take a family that has them',
  );
  return {
    below: logCdf ?? ((value) => logOrImpossible(share(value))),
    above: logSurvival ?? ((value) => logOther(share(value))),
  };
};
