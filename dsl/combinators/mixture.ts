import * as tf from '@tensorflow/tfjs';
import { equal } from '../tensors/comparison.js';
import { type Distribution, type Gradient, checkValue, isOf } from '../law/distribution.js';
import { categoricalFamily } from '../distributions/classes/categorical.js';
import { wrapped } from '../law/structure.js';
import { broadcastAll, dropLast, showShape } from '../tensors/shape.js';
import { logSumOfProducts } from '../numerics/log-sum-of-products.js';
import { logSumExpLast } from '../numerics/special.js';
import type { Support } from '../supports/support.js';
import type { Integers } from '../supports/index.js';
import type { Tensor } from '../tensors/tensor.js';

/** A mixture over a finite support can be summed over; any other only has a score. */
export type MixtureGradient<G> = G extends 'enumerable' ? 'enumerable' : 'score';

/**
 * A mixture of K laws of one family: the class is drawn and summed out.
 *
 * log p(z) = log Σ_k π_k p_k(z), in nats.
 *
 * - Shapes: `mixing` is a categorical over K; the last batch axis of `component` has length K and
 *   disappears. The event is the component's.
 * - Gradient: `score` (or `enumerable` where the component is): a draw picks a component, which has
 *   no derivative with respect to the weights.
 * - Edges: a weight of exactly 0 adds nothing; its gradient by `probs` is that of its share.
 * - Source: Bishop, Pattern Recognition and Machine Learning, section 9.2.
 *
 * @example
 * ```ts
 * const d = mixture(categorical({ probs: [0.75, 0.25] }), normal([-1, 1], 1));
 * d.logProb(tf.scalar(1)).dataSync()[0]; // -1.964485
 * ```
 */
export function mixture<S extends Support, G extends Gradient>(
  mixing: Distribution<Integers, 'enumerable'>,
  component: Distribution<S, G>,
): Distribution<S, MixtureGradient<G>>;
export function mixture(mixing: Distribution, component: Distribution): Distribution {
  const classes = mixing.sampler.enumeration?.count ?? 0;
  const last = component.batchShape[component.batchShape.length - 1];
  if (!isOf(mixing, categoricalFamily) || last !== classes) {
    throw new RangeError(
      `mixture(${mixing.family.name}, ${component.family.name}): expected a categorical over K and ` +
        `components whose last batch axis is K, but got K = ${classes} and batch shape ` +
        `${showShape(component.batchShape)}; expand the component to [..., ${classes}].`,
    );
  }
  const { logits, probs } = mixing.parameters;
  const batchShape = broadcastAll('mixture', [
    mixing.batchShape,
    dropLast(component.batchShape, 1),
  ]);
  const rank = component.eventShape.length;
  const weights = (): Tensor => probs ?? tf.exp(logits);
  const overEvent = (perClass: Tensor): Tensor =>
    component.eventShape.reduce<Tensor>((w) => tf.expandDims(w, -1), perClass);
  const average = (f: (d: Distribution) => Tensor): Tensor =>
    tf.sum(tf.mul(overEvent(weights()), f(component)), -1 - rank);
  const { enumeration } = component.sampler;
  const chance = component.unmasked ? undefined : enumeration?.chance;
  const spread = (value: Tensor): Tensor => tf.expandDims(value, value.rank - rank);
  const { mean, variance } = component;
  const self: Distribution = {
    family: wrapped('Mixture', component),
    parameters: {},
    structure: { _tag: 'mixture', mixing, component },
    support: component.support,
    batchShape,
    eventShape: component.eventShape,
    sampler: {
      gradient: enumeration ? 'enumerable' : 'score',
      noise: [
        ...mixing.sampler.noise,
        ...component.sampler.noise.map((n) => ({ law: n.law, shape: [classes, ...n.shape] })),
      ],
      draw: ([pick = tf.zeros([classes]), ...noise]) => {
        const { value: picked } = mixing.sampler.draw([pick]);
        const chosen = equal(tf.expandDims(picked, -1), tf.range(0, classes));
        const { value: all } = component.sampler.draw(noise);
        return { value: tf.sum(tf.mul(overEvent(chosen), all), -1 - rank) };
      },
      ...(enumeration && {
        enumeration: {
          count: enumeration.count,
          values: enumeration.values,
          ...(chance && {
            chance: (value) => tf.sum(tf.mul(weights(), chance(spread(value))), -1),
          }),
        },
      }),
    },
    logProb: (value) => {
      checkValue(self, value);
      const each = component.logProb(spread(value));
      if (probs === undefined && chance === undefined) return logSumExpLast(tf.add(each, logits));
      const sum = logSumOfProducts(
        [
          { log: logits, chance: probs },
          { log: each, chance: chance?.(spread(value)) },
        ],
        [Math.max(each.rank, logits.rank) - 1],
      );
      return tf.squeeze(sum, [-1]);
    },
    ...(mean && { mean: () => average(() => mean()) }),
    ...(mean &&
      variance && {
        variance: () => {
          const centre = tf.expandDims(
            average(() => mean()),
            -1 - rank,
          );
          return average(() => tf.add(variance(), tf.square(tf.sub(mean(), centre))));
        },
      }),
  };
  return self;
}
