import * as tf from '@tensorflow/tfjs';
import { type Distribution, checkValue } from '../law/distribution.js';
import { anything, checkOptions, checkWhole, demand, having } from '../refusals/options.js';
import type { Support } from '../supports/support.js';
import { choose } from '../tensors/comparison.js';
import type { Shape } from '../tensors/noise.js';
import { broadcastAll, dropLast, lastAxes, showShape } from '../tensors/shape.js';
import { type Tensor, sumLast } from '../tensors/tensor.js';

/** How many laws there are, and what one value is. */
export interface ImproperUniformOptions {
  /** One law where left out. */
  readonly batchShape?: Shape;
  /** The shape of a value, of as many axes as the support has; needed where it has any. */
  readonly eventShape?: Shape;
}

/** 1 where all entries of an event lie in a support, where entries tell. */
const insideOf = ({ inside }: Support, rank: number) =>
  inside &&
  ((value: Tensor): Tensor => {
    const entries = inside(value);
    return rank === 0 ? entries : tf.min(entries, lastAxes(entries.rank, rank));
  });

/**
 * A flat prior: every value of a support counts alike, and so for nothing. It is no law, as no number of nats makes its
 * whole mass 1; with data enough the posterior is one.
 *
 * log p(z) = 0 for z in `support`, and −∞ outside where single entries tell.
 *
 * - Shapes: those of the options; an event has as many axes as the support.
 * - Gradient: by the value 0. As a prior it leaves the likelihood and the entropy of the guide: elbo is then a bound
 *   on the logarithm of ∫ p(x | z) dz, which is no evidence of a model.
 * - Edges: nothing can be drawn from it. A guide draws it, or `values` give it, wherever a program runs; a model that is
 *   run by itself is told so. A map of it is flat no more: `transformed` of it adds the log Jacobian.
 * - Errors: a `RangeError` for an `eventShape` of other axes than the support has, and for every draw.
 * - Source: Gelman et al., Bayesian Data Analysis, section 2.8.
 *
 * @example
 * ```ts
 * improperUniform(positive).logProb(tf.tensor1d([3, -1])).arraySync(); // [0, -Infinity]
 * const shares = improperUniform(simplex, { eventShape: [3] });
 * shares.logProb(tf.tensor1d([0.2, 0.3, 0.5])).dataSync()[0]; // 0
 * const model = program(function* () {
 *   const loc = yield* sample('loc', improperUniform(real));
 *   yield* observe('x', normal(loc, 1), 2);
 * });
 * logDensity(model, { values: { loc: 2 } }).dataSync()[0]; // -0.9189385
 * ```
 */
export const improperUniform = <S extends Support>(
  support: S,
  options: ImproperUniformOptions = {},
): Distribution<S, 'score'> => {
  checkOptions(
    'improperUniform',
    { support },
    { support: having('a support', 'real, say', 'kind', 'eventRank') },
  );
  checkOptions('improperUniform', options, { batchShape: anything, eventShape: anything });
  const { batchShape = [], eventShape = [] } = options;
  const rank = support.eventRank;
  const who = `improperUniform(${support.name})`;
  demand(
    eventShape.length === rank,
    who,
    `an eventShape of ${rank} axes`,
    showShape(eventShape),
    rank === 0
      ? 'leave it out, or take arrayOf(…) for many numbers'
      : `pass { eventShape: [${Array.from({ length: rank }, () => 3).join(', ')}] }, say`,
  );
  checkWhole(
    who,
    Object.fromEntries([...batchShape, ...eventShape].map((n, i) => [`axis ${i}`, n])),
  );
  const inside = insideOf(support, rank);
  const self: Distribution<S, 'score'> = {
    family: { name: 'ImproperUniform', axes: {} },
    parameters: {},
    support,
    batchShape,
    eventShape,
    sampler: {
      gradient: 'score',
      noise: [],
      draw: () => {
        throw new RangeError(
          `${who}: expected a value from a guide or from data, but got a request to draw one, and no law is ` +
            'uniform there; take a proper prior, such as normal(0, 10), where the model itself shall draw.',
        );
      },
    },
    logProb: (value) => {
      checkValue(self, value);
      const shape = broadcastAll(who, [batchShape, dropLast(value.shape, rank)]);
      const none = tf.add(sumLast(tf.zerosLike(value), rank), tf.zeros([...shape]));
      return inside ? choose(inside(value), none, tf.scalar(-Infinity)) : none;
    },
  };
  return self;
};
