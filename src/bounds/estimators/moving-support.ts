/** Whether a support depends on parameters: a point mass, or an interval with computed bounds. */
import type { Distribution, Support } from '../../../dsl/index.js';

const hasComputedBounds = (support: Support): boolean =>
  support.kind === 'arrayOf'
    ? hasComputedBounds(support.base)
    : support.kind === 'interval' && [support.low, support.high].some(Number.isNaN);

/** Whether the support of a distribution moves with its parameters. */
export const supportMoves = ({ family, support }: Distribution): boolean =>
  family.tag === 'Delta' ||
  hasComputedBounds(support) ||
  ('base' in family && supportMoves(family.base)) ||
  ('component' in family && supportMoves(family.component));
