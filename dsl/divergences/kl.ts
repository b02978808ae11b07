/** Closed-form Kullback-Leibler divergences: asked of q, then of p. */
import type { Distribution } from '../law/distribution.js';
import { sameShape } from '../tensors/shape.js';
import type { Tensor } from '../tensors/tensor.js';

/**
 * KL(q ‖ p) = E_q[log q − log p] in nats over the broadcast batch, or `undefined` where there is no closed
 * form: where neither q knows p, nor p q.
 *
 * Both must have the same event shape. Gradient: through both distributions' parameters.
 *
 * @example
 * ```ts
 * klDivergence(normal(1, 1), normal(0, 1))?.dataSync()[0]; // 0.5
 * ```
 */
export const klDivergence = (q: Distribution, p: Distribution): Tensor | undefined =>
  sameShape(q.eventShape, p.eventShape) ? (q.klTo?.(p) ?? p.klFrom?.(q)) : undefined;
