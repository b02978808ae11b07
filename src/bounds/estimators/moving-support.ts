/** Whether a support depends on parameters: a point mass, or an interval with computed bounds. */
import type { Distribution } from '../../../dsl/index.js';
import { partsOf } from '../../../dsl/law/structure.js';

/** Whether the support of a distribution moves with its parameters. */
export const supportMoves = (d: Distribution): boolean =>
  d.isPoint === true || d.support.isComputed === true || partsOf(d).some(supportMoves);
