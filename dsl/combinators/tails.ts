/** The logarithms of what a law has below a value and above it, and the way back. */
import * as tf from '@tensorflow/tfjs';
import type { Distribution } from '../law/distribution.js';
import type { Sides } from '../numerics/window.js';
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

/** Below it, shares are no normal float32 numbers. */
const LEAST_SHARE = -87;

/** Below it, what is left of a share that lies near 1 has lost more than half of its digits. */
const LEAST_REST = -12 * Math.LN2;

/** Both ways of a law of one number, by logarithms where it has them, else by `cdf` and `icdf`. */
export const sidesOf = (who: string, d: Distribution): Sides => {
  const { icdf, inverseLogCdf, inverseLogSurvival } = d;
  const place = icdf ?? d.logProb;
  demand(
    icdf !== undefined || (inverseLogCdf !== undefined && inverseLogSurvival !== undefined),
    who,
    'a law with quantiles',
    'one without',
    'give it an icdf, or inverseLogCdf and inverseLogSurvival, or take a family that has them',
  );
  return {
    ...tailsOf(who, d),
    fromBelow: inverseLogCdf ?? ((log) => place(tf.exp(log))),
    fromAbove: inverseLogSurvival ?? ((log) => place(tf.neg(tf.expm1(log)))),
    shares: {
      below: d.logCdf ? -Infinity : LEAST_SHARE,
      above: d.logSurvival ? -Infinity : LEAST_REST,
    },
    quantiles: {
      below: inverseLogCdf ? -Infinity : LEAST_SHARE,
      above: inverseLogSurvival ? -Infinity : LEAST_REST,
    },
  };
};
