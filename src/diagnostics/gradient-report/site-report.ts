/** What is reported of one site. */
import type { Estimator } from '../../bounds/estimators/estimator.js';
import type { GradientSummary } from './summary.js';

/** What one estimator does at one site. */
export interface EstimatorReport extends GradientSummary {
  readonly estimator: Estimator;
  readonly name: string;
  /** Whether it is what training uses. */
  readonly current: boolean;
  /** Whether its expectation is the gradient of the bound, by the mathematics. */
  readonly unbiased: boolean;
  /** The time of one gradient of all parameters, eagerly, the median. */
  readonly milliseconds: number;
}

/** The estimators of one site, and which of them to take. */
export interface SiteReport {
  readonly site: string;
  readonly family: string;
  /** The parameters that the site's law depends on, not through other sites, and that are trained. */
  readonly parameters: readonly string[];
  readonly estimators: readonly EstimatorReport[];
  /** Left out where the site has no parameters. */
  readonly recommended?: Estimator;
  readonly why: string;
}
