/** The path of a hidden chain given a series: a chain too, from its last state backwards. */
import * as tf from '@tensorflow/tfjs';
import { type Distribution, type Family } from '../law/distribution.js';
import { distribution } from '../law/leaf.js';
import { type ArrayOf, type Integers, arrayOf, integers } from '../supports/index.js';
import { elementAlong, initAlong, tailAlong } from '../tensors/along.js';
import { choose, equal } from '../tensors/comparison.js';
import { baseNoise } from '../tensors/noise.js';
import type { Tensor } from '../tensors/tensor.js';
import { shares } from './log-matrix.js';
import { backwards, pathTo } from './state-path.js';
import type { Chain } from './chain.js';

/** log p of the last state, and of each state before given the one after it, j by i. */
const pathFamily: Family<{ readonly last: Tensor; readonly before: Tensor | undefined }> = {
  name: 'StatePath',
  axes: { last: 1, before: 3 },
};

/** The law of a path by what each state scores by the series up to it, `[..., steps, states]`. */
export const pathLaw = (
  filtered: Tensor,
  { steps, states, moves }: Pick<Chain, 'steps' | 'states' | 'moves'>,
): Distribution<ArrayOf<Integers>, 'score'> => {
  const last = shares(elementAlong(filtered, -2, steps - 1));
  const before = steps === 1 ? undefined : shares(backwards(initAlong(filtered, -2), moves));
  return distribution({
    family: pathFamily,
    parameters: { last, before },
    support: arrayOf(integers(0, states - 1)),
    eventShape: [steps],
    sampler: {
      gradient: 'score',
      noise: [baseNoise('gumbel', [steps, states])],
      draw: ([g = tf.zeros([steps, states])]) => ({
        value: pathTo(
          tf.add(last, elementAlong(g, -2, steps - 1)),
          before && tf.add(before, tf.expandDims(initAlong(g, -2), -2)),
        ),
      }),
    },
    logProb: (path) => {
      const chosen = equal(tf.expandDims(path, -1), tf.range(0, states));
      const outside = tf.sum(tf.log(tf.sum(chosen, -1)), -1);
      const none = tf.scalar(0);
      const ending = tf.sum(choose(elementAlong(chosen, -2, steps - 1), last, none), -1);
      if (before === undefined) return tf.add(ending, outside);
      const pairs = tf.mul(
        tf.expandDims(tailAlong(chosen, -2), -1),
        tf.expandDims(initAlong(chosen, -2), -2),
      );
      const moved = tf.sum(choose(pairs, before, none), [-3, -2, -1]);
      return tf.add(tf.add(ending, moved), outside);
    },
  });
};
