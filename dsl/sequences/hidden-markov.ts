import * as tf from '@tensorflow/tfjs';
import { type Distribution, checkValue } from '../law/distribution.js';
import { domainOf } from '../law/validity.js';
import { logSumExpLast } from '../numerics/special.js';
import { elementAlong, initAlong, tailAlong, withLength } from '../tensors/along.js';
import { associativeReduce, associativeScan } from '../tensors/associative-scan.js';
import { baseNoise } from '../tensors/noise.js';
import { type Tensor, type TensorLike, asTensor, expandTo } from '../tensors/tensor.js';
import { type IndependentSupport, widened } from '../supports/array.js';
import type { ArrayOf, Integers } from '../supports/index.js';
import type { Support } from '../supports/support.js';
import { type LogMatrix, logMatrix, logProduct, maxProduct, shares } from './log-matrix.js';
import { type Chain, type ChainOptions, chainOf } from './chain.js';
import { observed } from './observed.js';
import { pathLaw } from './path-law.js';
import { backwards, pathFrom, pathTo } from './state-path.js';

/** A law of series, with what a series says of the states behind it. */
export interface HiddenMarkov<S extends Support = Support> extends Distribution<S, 'score'> {
  /** P(state at t | the series up to t), `[..., steps, states]`. */
  readonly filteredMarginals: (series: TensorLike) => Tensor;
  /** P(state at t | the whole series), `[..., steps, states]`. */
  readonly posteriorMarginals: (series: TensorLike) => Tensor;
  /** The likeliest path of all, `[..., steps]`: what Viterbi's algorithm finds. */
  readonly posteriorMode: (series: TensorLike) => Tensor;
  /** The law of the path of states given the series: numbers from 0 to states − 1, `[steps]`. */
  readonly posterior: (series: TensorLike) => Distribution<ArrayOf<Integers>, 'score'>;
}

type Product = (a: LogMatrix, b: LogMatrix) => LogMatrix;

/** log p of state and observation at each step given the state before: `[..., steps − 1, states, states]`. */
const moved = ({ moves }: Chain, logs: Tensor): Tensor =>
  tf.add(moves, tf.expandDims(tailAlong(logs, -2), -2));

const begun = ({ start }: Chain, logs: Tensor): Tensor => tf.add(start, elementAlong(logs, -2, 0));

/** What each step's state scores by the steps up to it, `[..., steps, states]`, up to a number for each step. */
const forward = (chain: Chain, logs: Tensor, product: Product): Tensor => {
  const first = tf.expandDims(begun(chain, logs), -2);
  if (chain.steps === 1) return first;
  const after = moved(chain, logs);
  // Wherever the chain may have been before, it begins alike.
  const rows = expandTo(tf.expandDims(first, -2), withLength(after.shape, -3, 1));
  const all = logMatrix(tf.concat([rows, after], after.rank - 3));
  const { entries } = associativeScan(product, all, { axis: after.rank - 3 });
  return elementAlong(entries, -2, 0);
};

/** What the steps after it score by each step's state, likewise. */
const backward = (chain: Chain, logs: Tensor): Tensor => {
  const last = tf.zeros(withLength(logs.shape, -2, 1));
  if (chain.steps === 1) return last;
  const after = logMatrix(moved(chain, logs));
  const axis = after.size.rank - 1;
  const { entries } = associativeScan(
    (later: LogMatrix, earlier) => logProduct(earlier, later),
    after,
    {
      axis,
      reverse: true,
    },
  );
  const behind = logSumExpLast(entries);
  return tf.concat([behind, expandTo(last, withLength(behind.shape, -2, 1))], behind.rank - 2);
};

/** log P(state at t), `[..., steps, states]`, of a chain of which nothing is seen. */
const marginals = (chain: Chain): Tensor =>
  shares(forward(chain, tf.zeros([...chain.batchShape, chain.steps, chain.states]), logProduct));

/** log p of a series by the logarithms of what each state gives each step. */
const likelihood = (chain: Chain, logs: Tensor): Tensor => {
  const first = begun(chain, logs);
  if (chain.steps === 1) return logSumExpLast(first);
  const after = logMatrix(moved(chain, logs));
  const axis = after.size.rank - 1;
  const whole = associativeReduce(logProduct, after, { axis });
  const ends = logSumExpLast(tf.add(tf.expandDims(first, -1), elementAlong(whole.entries, -3, 0)));
  return tf.add(logSumExpLast(ends), elementAlong(whole.size, -1, 0));
};

/**
 * A series of observations of a Markov chain that is not seen: a hidden Markov model, its states summed out.
 *
 * log p(x) = log Σ_z p(z₁) p(x₁ | z₁) Π_t p(z_t | z_{t−1}) p(x_t | z_t), in nats, by running products of matrices in
 * log space: their depth is the logarithm of the number of steps, and no path is lost however unlikely it is.
 *
 * - Shapes: `initial` is a categorical over K states, `transition` one whose last batch axis is the state before, K
 *   too, and the last batch axis of `observation` is K. An event is `[steps, ...event of the observation]`, batch what is left,
 *   broadcast. What `timeVarying` names has an axis of steps left of these: `transition` of steps − 1, the first from step 1
 *   to step 2, `observation` of steps.
 * - Beside what every law has it gives `filteredMarginals`, `posteriorMarginals`, `posteriorMode` (Viterbi's path) and
 *   `posterior`, the law of the path, of a series.
 * - Gradient: `score`: a draw picks states, which has no derivative. log p is differentiable any number of times.
 * - Edges: a step that was not observed is left out by a mask of `observation`, of [steps, 1]. A chance of exactly 0 is never
 *   taken, and has gradient 0.
 * - Cost: steps · K³ exponentials, and as many numbers at a time where no executor fuses them.
 * - Errors: laws that do not fit are a `RangeError`.
 * - Source: Rabiner 1989, doi:10.1109/5.18626; Hassan, Särkkä and García-Fernández 2021, Temporal Parallelization of
 *   Inference in Hidden Markov Models, arXiv:2102.05743.
 *
 * @example
 * ```ts
 * const weather = hiddenMarkov(
 *   categorical({ probs: [0.8, 0.2] }),
 *   categorical({ probs: [[0.7, 0.3], [0.2, 0.8]] }),
 *   normal([0, 15], [5, 10]),
 *   { steps: 7 },
 * );
 * const week = tf.tensor1d([-2, 0, 2, 4, 6, 8, 10]);
 * weather.logProb(week).dataSync()[0]; // -22.357754
 * weather.posteriorMode(week).arraySync(); // [0, 0, 0, 0, 0, 1, 1]
 * ```
 */
export function hiddenMarkov<S extends Support>(
  initial: Distribution<Integers, 'enumerable'>,
  transition: Distribution<Integers, 'enumerable'>,
  observation: Distribution<S>,
  options: ChainOptions,
): HiddenMarkov<IndependentSupport<S>>;
export function hiddenMarkov(
  initial: Distribution,
  transition: Distribution,
  observation: Distribution,
  options: ChainOptions,
): HiddenMarkov {
  const chain = chainOf(initial, transition, observation, options);
  const { steps, states, batchShape, start, moves } = chain;
  const { logsOf, drawAlong, ofStates } = observed(observation, chain);
  const shapes = {
    family: { name: `HiddenMarkov(${observation.family.name})`, axes: {} },
    batchShape,
    eventShape: [steps, ...observation.eventShape],
  };
  /** log p of each step's observation given its state, in all of the batch: `[..., steps, states]`. */
  const scores = (series: TensorLike): Tensor => {
    const value = asTensor(series, 'hiddenMarkov');
    checkValue(shapes, value);
    const logs = logsOf(value);
    return tf.add(logs, tf.zeros([...batchShape, 1, 1]));
  };
  const { mean, variance } = observation;
  const rank = observation.eventShape.length;
  /** A moment of the states' observations, weighed by how likely each state is at each step. */
  const average = (moment: Tensor): Tensor => {
    const weights = tf.exp(marginals(chain));
    const wide = tf.reshape(weights, [...weights.shape, ...observation.eventShape.map(() => 1)]);
    return tf.sum(tf.mul(wide, moment), -1 - rank);
  };
  const filled = (moment: () => Tensor) => (): Tensor =>
    expandTo(moment(), [...batchShape, steps, ...observation.eventShape]);
  return {
    ...shapes,
    parameters: {},
    structure: {
      _tag: 'parts',
      parts: [
        { law: initial, axes: 0 },
        { law: transition, axes: chain.transitionVaries ? 2 : 1 },
        { law: observation, axes: chain.observationVaries ? 2 : 1 },
      ],
    },
    support: widened(observation.support, 1),
    values: domainOf(observation),
    sampler: {
      gradient: 'score',
      noise: [
        baseNoise('gumbel', [steps, states]),
        ...observation.sampler.noise.map((n) => baseNoise(n.law, [steps, states, ...n.shape])),
      ],
      draw: ([g = tf.zeros([...batchShape, steps, states]), ...noise]) => {
        const first = tf.add(start, elementAlong(g, -2, 0));
        const path = pathFrom(
          first,
          steps === 1 ? undefined : tf.add(moves, tf.expandDims(tailAlong(g, -2), -2)),
        );
        return { value: drawAlong(path, noise) };
      },
    },
    logProb: (series) => likelihood(chain, scores(series)),
    ...(mean && { mean: filled(() => average(ofStates(mean()))) }),
    ...(mean &&
      variance && {
        variance: filled(() => {
          const means = ofStates(mean());
          const centre = tf.expandDims(average(means), -1 - rank);
          return average(tf.add(ofStates(variance()), tf.square(tf.sub(means, centre))));
        }),
      }),
    filteredMarginals: (series) => tf.exp(shares(forward(chain, scores(series), logProduct))),
    posteriorMarginals: (series) => {
      const logs = scores(series);
      return tf.exp(shares(tf.add(forward(chain, logs, logProduct), backward(chain, logs))));
    },
    posteriorMode: (series) => {
      const best = forward(chain, scores(series), maxProduct);
      return pathTo(
        elementAlong(best, -2, steps - 1),
        steps === 1 ? undefined : backwards(initAlong(best, -2), moves),
      );
    },
    posterior: (series) => pathLaw(forward(chain, scores(series), logProduct), chain),
  };
}
