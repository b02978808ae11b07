/** The estimator of a site, and why it has it. */
import type { SoleEstimator } from './sole-estimator.js';
import type { SiteEstimator } from './site-estimator.js';

/** An estimator for a site: its own, or the one that an objective has for all. */
export interface EstimatorChoice {
  readonly estimator: SiteEstimator | { readonly tag: Exclude<SoleEstimator, 'score'> };
  readonly why: string;
  readonly asked?: true;
}
