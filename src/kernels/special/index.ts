/** Special functions that take loops, in double precision. */
import {
  BINOMIAL_COUNT,
  BINOMIAL_QUANTILE,
  MULTINOMIAL_QUANTILE,
  NEGATIVE_BINOMIAL_COUNT,
  NEGATIVE_BINOMIAL_QUANTILE,
  POISSON_QUANTILE,
  WHOLE_UNIFORM,
} from '../../../dsl/numerics/count-quantile.js';
import { BETA_QUANTILE, INCOMPLETE_BETA } from '../../../dsl/numerics/incomplete-beta.js';
import { GAMMA_QUANTILE, INCOMPLETE_GAMMA } from '../../../dsl/numerics/incomplete-gamma.js';
import {
  STUDENT_T_QUANTILE,
  STUDENT_T_SHARE,
} from '../../../dsl/numerics/shares/student-t-function.js';
import { SCALED_EXPINT } from '../../../dsl/numerics/exponential-integral.js';
import { TANH_ROOT } from '../../../dsl/numerics/tanh-root.js';
import { TRUNCATED_QUANTILE } from '../../../dsl/numerics/truncated-normal.js';
import { VON_MISES_QUANTILE, VON_MISES_SHARE } from '../../../dsl/numerics/shares/von-mises.js';
import type { Kernel } from '../kernel.js';
import { eachLine } from '../reach.js';
import { eachOnHost } from './each-on-host.js';

export const special: readonly Kernel[] = [
  eachOnHost(INCOMPLETE_GAMMA),
  eachOnHost(GAMMA_QUANTILE),
  eachOnHost(INCOMPLETE_BETA),
  eachOnHost(BETA_QUANTILE),
  eachOnHost(STUDENT_T_SHARE),
  eachOnHost(STUDENT_T_QUANTILE),
  eachOnHost(SCALED_EXPINT),
  eachOnHost(POISSON_QUANTILE),
  eachOnHost(BINOMIAL_QUANTILE),
  { ...eachOnHost(MULTINOMIAL_QUANTILE), reach: eachLine },
  eachOnHost(BINOMIAL_COUNT),
  eachOnHost(NEGATIVE_BINOMIAL_QUANTILE),
  eachOnHost(WHOLE_UNIFORM),
  eachOnHost(NEGATIVE_BINOMIAL_COUNT),
  eachOnHost(TRUNCATED_QUANTILE),
  eachOnHost(TANH_ROOT),
  eachOnHost(VON_MISES_SHARE),
  eachOnHost(VON_MISES_QUANTILE),
];
