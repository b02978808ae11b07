/** Whether a support depends on parameters: a point mass, or an interval with computed bounds. */
import type { Distribution, Support } from '../../../dsl/index.js';
import { partsOf } from '../../../dsl/structure.js';

const hasComputedBounds = (support: Support): boolean =>
  support.kind === 'arrayOf'
    ? hasComputedBounds(support.base)
    : support.kind === 'interval' && [support.low, support.high].some(Number.isNaN);

/** Whether the support of a distribution moves with its parameters. */
export const supportMoves = (d: Distribution): boolean =>
  d.isPoint === true || hasComputedBounds(d.support) || partsOf(d).some(supportMoves);
