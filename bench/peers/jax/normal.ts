import { numpy as np } from '@jax-js/jax';

export const HALF_LOG_TWO_PI = 0.9189385332046727;

/** log N(x; loc, scale), with the logarithm of the scale given beside it; owns its arguments. */
export const normalLogProb = (
  x: np.ArrayLike,
  loc: np.Array,
  scale: np.ArrayLike,
  logScale: np.ArrayLike,
): np.Array => np.square(loc.sub(x).div(scale)).mul(-0.5).sub(logScale).sub(HALF_LOG_TWO_PI);

/** KL(N(loc, exp(logScale)) ‖ N(priorLoc, priorScale)); owns its arguments. */
export const normalKl = (
  loc: np.Array,
  logScale: np.Array,
  priorLoc: np.ArrayLike,
  priorScale: np.Array | number,
): np.Array => {
  const scale = np.array(priorScale);
  const ratio = np.exp(logScale.ref).div(scale.ref);
  const shift = loc.sub(priorLoc).div(scale.ref);
  return np.square(ratio).add(np.square(shift)).sub(1).mul(0.5).sub(logScale).add(np.log(scale));
};
