/** Estimators that an objective has for the draws of every site. */

/**
 * One estimator for the draws of every site: `stickingTheLanding`, `doublyReparameterised` and
 * `tailAdaptive` go through the draw alone, `score` through log q with what a draw is worth, `weighted`
 * through log q with normalised weights, `dreamt` through log q at draws of the model, as sleep-phase φ
 * does; `none` trains nothing of the guide.
 */
export type SoleEstimator =
  | 'stickingTheLanding'
  | 'doublyReparameterised'
  | 'tailAdaptive'
  | 'score'
  | 'weighted'
  | 'dreamt'
  | 'none';
