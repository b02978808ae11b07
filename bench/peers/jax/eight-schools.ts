import { numpy as np, random } from '@jax-js/jax';
import { at } from '../../contenders/arrays.js';
import type { EightSchoolsCase } from '../../case.js';
import type { Loss } from './loss.js';
import { HALF_LOG_TWO_PI } from './normal.js';

const SCHOOLS = 8;

const dot = (x: np.Array): np.Array => np.sum(np.square(x));

/** The ten latents mu, log tau and t as one vector. */
export const eightSchoolsLoss = ({ logTau: [logTauLoc, logTauScale] }: EightSchoolsCase): Loss => {
  const schools = (x: number): number[] => Array.from({ length: SCHOOLS }, () => x);
  const priorScales = [5, logTauScale, ...schools(1)];
  const priorLocs = [0, logTauLoc, ...schools(0)];
  const constant =
    priorScales.reduce((sum, s) => sum + Math.log(s) - 0.5, 0) + SCHOOLS * HALF_LOG_TWO_PI;
  return (params, key, b) => {
    const loc = at(params, 'loc');
    const logScale = at(params, 'logScale');
    const sigma = at(b, 'sigma');
    const priorScale = np.array(priorScales);
    const scale = np.exp(logScale.ref);
    const z = loc.ref.add(scale.ref.mul(random.normal(key, [priorScales.length])));
    const theta = z.ref.slice(0).add(np.exp(z.ref.slice(1)).mul(z.slice([2, 2 + SCHOOLS])));
    const squares = dot(at(b, 'y').sub(theta).div(sigma.ref))
      .add(dot(loc.sub(np.array(priorLocs)).div(priorScale.ref)))
      .add(dot(scale.div(priorScale)));
    const logs = np.sum(np.log(sigma)).sub(np.sum(logScale)).add(constant);
    return squares.mul(0.5).add(logs);
  };
};
