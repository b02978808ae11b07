import * as tf from '@tensorflow/tfjs';
import { equal } from '../tensors/comparison.js';
import { type Distribution, type Gradient, checkValue, isOf } from '../law/distribution.js';
import { categoricalFamily } from '../distributions/classes/categorical.js';
import { broadcastAll, showShape } from '../tensors/shape.js';
import { logSumOfProducts } from '../numerics/log-sum-of-products.js';
import { logSumExpLast } from '../numerics/special.js';
import type { Support } from '../supports/support.js';
import type { Integers } from '../supports/index.js';
import type { Tensor } from '../tensors/tensor.js';
import { alike, unlike } from './components.js';

/** A mixture over a finite support can be summed over; any other only has a score. */
export type MixtureGradient<G> = G extends 'enumerable' ? 'enumerable' : 'score';

/**
 * A mixture of K laws: the class is drawn and summed out. The laws are of one family, along the last batch axis of
 * `component`, or of any families, in an array.
 *
 * log p(z) = log Σ_k π_k p_k(z), in nats.
 *
 * - Shapes: `mixing` is a categorical over K; the last batch axis of `component` has length K and
 *   disappears. K laws in an array broadcast. The event is the component's.
 * - Gradient: `score` (or `enumerable` where the component is): a draw picks a component, which has
 *   no derivative with respect to the weights.
 * - Edges: a weight of exactly 0 adds nothing; its gradient by `probs` is that of its share. Mean, variance and
 *   distribution function are there where all components have them. Of components on parts of one support, each has
 *   nothing beyond its own.
 * - Errors: components on supports of which none holds the others, as many as there are no classes, or of different
 *   events, are a `RangeError`.
 * - Source: Bishop, Pattern Recognition and Machine Learning, section 9.2.
 *
 * @example
 * ```ts
 * const d = mixture(categorical({ probs: [0.75, 0.25] }), normal([-1, 1], 1));
 * d.logProb(tf.scalar(1)).dataSync()[0]; // -1.964485
 * const robust = mixture(categorical({ probs: [0.9, 0.1] }), [normal(0, 1), cauchy(0, 1)]);
 * robust.cdf?.(tf.scalar(0)).dataSync()[0]; // 0.5
 * ```
 */
export function mixture<S extends Support, G extends Gradient>(
  mixing: Distribution<Integers, 'enumerable'>,
  component: Distribution<S, G>,
): Distribution<S, MixtureGradient<G>>;
export function mixture<C extends readonly Distribution[]>(
  mixing: Distribution<Integers, 'enumerable'>,
  components: C,
): Distribution<C[number]['support'], MixtureGradient<C[number]['sampler']['gradient']>>;
export function mixture(
  mixing: Distribution,
  component: Distribution | readonly Distribution[],
): Distribution {
  const classes = mixing.sampler.enumeration?.count ?? 0;
  const components = 'family' in component ? alike(component) : unlike(component);
  const { eventShape, support, enumeration, each, have } = components;
  if (!isOf(mixing, categoricalFamily) || components.classes !== classes) {
    const [expected, cure] =
      'family' in component
        ? [
            `whose last batch axis is K, but got K = ${classes} and batch shape ${showShape(component.batchShape)}`,
            `expand the component to [..., ${classes}]`,
          ]
        : [`as many, but got K = ${classes} and ${component.length}`, 'give one for each class'];
    throw new RangeError(
      `mixture(${mixing.family.name}, ${components.name}): expected a categorical over K and ` +
        `components ${expected}; ${cure}.`,
    );
  }
  const { logits, probs } = mixing.parameters;
  const batchShape = broadcastAll('mixture', [mixing.batchShape, components.batchShape]);
  const rank = eventShape.length;
  const weights = (): Tensor => probs ?? tf.exp(logits);
  const overEvent = (perClass: Tensor): Tensor =>
    eventShape.reduce<Tensor>((w) => tf.expandDims(w, -1), perClass);
  const average = (ofEach: Tensor): Tensor =>
    tf.sum(tf.mul(overEvent(weights()), ofEach), -1 - rank);
  /** What every component has, or zeros, which are asked for only where all have it. */
  const means = (): Tensor => each((d) => d.mean?.() ?? tf.scalar(0), rank);
  const variances = (): Tensor => each((d) => d.variance?.() ?? tf.scalar(0), rank);
  const hasChances = have((d) => d.unmasked === undefined && d.sampler.enumeration?.chance);
  const chancesOf = (value: Tensor): Tensor =>
    each((d, given) => d.sampler.enumeration?.chance?.(given(value)) ?? tf.scalar(0), 0);
  const hasMean = have((d) => d.mean);
  const self: Distribution = {
    family: { name: `Mixture(${components.name})`, axes: {} },
    parameters: {},
    structure: components.structure(mixing),
    support,
    batchShape,
    eventShape,
    sampler: {
      gradient: enumeration ? 'enumerable' : 'score',
      noise: [...mixing.sampler.noise, ...components.noise],
      draw: ([pick = tf.zeros([classes]), ...noise]) => {
        const { value: picked } = mixing.sampler.draw([pick]);
        const chosen = equal(tf.expandDims(picked, -1), tf.range(0, classes));
        return { value: tf.sum(tf.mul(overEvent(chosen), components.draw(noise)), -1 - rank) };
      },
      ...(enumeration && {
        enumeration: {
          count: enumeration.count,
          values: enumeration.values,
          ...(hasChances && {
            chance: (value) => tf.sum(tf.mul(weights(), chancesOf(value)), -1),
          }),
        },
      }),
    },
    logProb: (value) => {
      checkValue(self, value);
      const logs = each((d, given) => d.logProb(given(value)), 0);
      if (probs === undefined && !hasChances) return logSumExpLast(tf.add(logs, logits));
      const sum = logSumOfProducts(
        [
          { log: logits, chance: probs },
          { log: logs, ...(hasChances && { chance: chancesOf(value) }) },
        ],
        [Math.max(logs.rank, logits.rank) - 1],
      );
      return tf.squeeze(sum, [-1]);
    },
    ...(hasMean && { mean: () => average(means()) }),
    ...(hasMean &&
      have((d) => d.variance) && {
        variance: () => {
          const centre = tf.expandDims(average(means()), -1 - rank);
          return average(tf.add(variances(), tf.square(tf.sub(means(), centre))));
        },
      }),
    ...(have((d) => d.cdf) && {
      cdf: (value) => {
        checkValue(self, value);
        const shares = each((d, given) => d.cdf?.(given(value)) ?? tf.scalar(0), 0);
        return tf.sum(tf.mul(weights(), shares), -1);
      },
    }),
  };
  return self;
}
