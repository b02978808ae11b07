import { demand, showReceived } from '../refusals/options.js';
import type { Distribution, Gradient } from '../law/distribution.js';
import { klDivergence } from '../divergences/kl.js';
import type { Shape } from '../tensors/noise.js';
import { broadcast, broadcastAll, sameShape, showShape } from '../tensors/shape.js';
import { wrapped } from '../law/structure.js';
import type { Support } from '../supports/support.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';

/**
 * The same law, independently at every place of a larger batch.
 *
 * - Shapes: `batchShape` must be one that the base's batch broadcasts to; the event is unchanged.
 * - Gradient: that of the base.
 *
 * @example
 * ```ts
 * expand(normal(0, 1), [20]).batchShape; // [20]
 * ```
 */
export const expand = <S extends Support, G extends Gradient>(
  base: Distribution<S, G>,
  batchShape: Shape,
): Distribution<S, G> => {
  const sizes: unknown = batchShape;
  demand(
    Array.isArray(sizes) &&
      sizes.every((n) => typeof n === 'number' && Number.isInteger(n) && n >= 0),
    `expand(${base.family.name})`,
    'a shape of whole numbers of at least 0',
    showReceived(sizes),
    'pass [20], say',
  );
  const reached = broadcast(base.batchShape, batchShape);
  if (reached === undefined || !sameShape(reached, batchShape)) {
    throw new RangeError(
      `expand(${base.family.name}): expected a shape that ${showShape(base.batchShape)} broadcasts ` +
        `to, but got ${showShape(batchShape)}; keep every axis that is not 1.`,
    );
  }
  const wide = (x: Tensor): Tensor => expandTo(x, broadcastAll('expand', [x.shape, batchShape]));
  const each = [...batchShape, ...base.eventShape];
  const { mean, variance, entropy, cdf, icdf, logCdf, logSurvival, unmasked } = base;
  const { inverseLogCdf, inverseLogSurvival } = base;
  const divergence = (kl: Tensor | undefined): Tensor | undefined => kl && wide(kl);
  return {
    ...base,
    family: wrapped('Expanded', base),
    parameters: {},
    structure: { _tag: 'expanded', base, batchShape },
    batchShape,
    sampler: {
      ...base.sampler,
      draw: (noise) => {
        const { value, ...drawn } = base.sampler.draw(noise);
        return { ...drawn, value: expandTo(value, broadcastAll('expand', [value.shape, each])) };
      },
    },
    logProb: (value, preimage) => wide(base.logProb(value, preimage)),
    ...(mean && { mean: () => expandTo(mean(), each) }),
    ...(variance && { variance: () => expandTo(variance(), each) }),
    ...(entropy && { entropy: () => wide(entropy()) }),
    ...(cdf && { cdf: (value) => wide(cdf(value)) }),
    ...(logCdf && { logCdf: (value) => wide(logCdf(value)) }),
    ...(logSurvival && { logSurvival: (value) => wide(logSurvival(value)) }),
    ...(inverseLogCdf && { inverseLogCdf: (log) => wide(inverseLogCdf(log)) }),
    ...(inverseLogSurvival && { inverseLogSurvival: (log) => wide(inverseLogSurvival(log)) }),
    ...(icdf && { icdf: (u) => wide(icdf(u)) }),
    klTo: (p) => divergence(klDivergence(base, p)),
    klFrom: (q) => divergence(klDivergence(q, base)),
    ...(unmasked && { unmasked: () => expand(unmasked(), batchShape) }),
  };
};
