/** Special functions that take loops, in double precision. */
import {
  BINOMIAL_QUANTILE,
  MULTINOMIAL_QUANTILE,
  NEGATIVE_BINOMIAL_QUANTILE,
  POISSON_QUANTILE,
  WHOLE_UNIFORM,
} from '../../../dsl/numerics/count-quantile.js';
import { INCOMPLETE_GAMMA } from '../../../dsl/numerics/incomplete-gamma.js';
import { TANH_ROOT } from '../../../dsl/numerics/tanh-root.js';
import { TRUNCATED_QUANTILE } from '../../../dsl/numerics/truncated-normal.js';
import type { Kernel } from '../kernel.js';
import { eachLine } from '../reach.js';
import { eachOnHost } from './each-on-host.js';

export const special: readonly Kernel[] = [
  eachOnHost(INCOMPLETE_GAMMA),
  eachOnHost(POISSON_QUANTILE),
  eachOnHost(BINOMIAL_QUANTILE),
  { ...eachOnHost(MULTINOMIAL_QUANTILE), reach: eachLine },
  eachOnHost(NEGATIVE_BINOMIAL_QUANTILE),
  eachOnHost(WHOLE_UNIFORM),
  eachOnHost(TRUNCATED_QUANTILE),
  eachOnHost(TANH_ROOT),
];
