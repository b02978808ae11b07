/** Whether numbers lie in a support, one by one: what they make together is not looked at. */
import type { Support } from '../support.js';

/** Whether a number belongs to a support; intervals are open. */
export const belongs = (x: number, support: Support): boolean => {
  switch (support.kind) {
    case 'arrayOf':
      return belongs(x, support.base);
    case 'real':
    case 'lowerCholesky':
      return true;
    case 'positive':
    case 'simplex':
      return x > 0;
    case 'nonnegative':
      return x >= 0;
    case 'interval':
      return !(x <= support.low) && !(x >= support.high);
    case 'oneHot':
      return x === 0 || x === 1;
    case 'integers':
      return Number.isInteger(x) && !(x < support.low) && !(x > support.high);
  }
};
