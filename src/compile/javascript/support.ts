/** What generated code calls beside `Math`. */
import { erf } from './erf.js';

export const support = {
  erf,
  /** As TensorFlow.js computes it; a − b ⌊a / b⌋ would lose what is left of a large a. */
  mod: (a: number, b: number): number => {
    const rest = a % b;
    return (a < 0 && b < 0) || (a >= 0 && b >= 0) ? rest : (rest + b) % b;
  },
  roundHalfEven: (x: number): number => {
    const floor = Math.floor(x);
    const rest = x - floor;
    if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
    return floor % 2 === 0 ? floor : floor + 1;
  },
};
