/** A hidden Markov chain of two states that puts out normal numbers, its states summed out. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  bijectors,
  categorical,
  deterministic,
  dirichlet,
  elbo,
  factor,
  halfNormal,
  mask,
  normal,
  observe,
  param,
  positive,
  program,
  sample,
} from 'marginalia';
import { hiddenMarkov } from 'marginalia/distributions';
import { normalGuide } from './normal-guide.js';
import type { Problem } from './problem.js';

const model = (rows: Tensor) =>
  program(function* () {
    const y = tf.reshape(rows, [-1]);
    const moves = [
      yield* sample('theta1', dirichlet([1, 1])),
      yield* sample('theta2', dirichlet([1, 1])),
    ];
    // The means have an order: the second is a gap further on. Their priors are a factor, for the gap
    // by itself has none.
    const first = yield* sample('first', mask(halfNormal(1), 0));
    const gap = yield* sample('gap', mask(halfNormal(1), 0));
    const mu = yield* deterministic('mu', tf.stack([first, tf.add(first, gap)]));
    yield* factor('priors', tf.sum(normal([3, 10], 1).logProb(mu)));
    const series = hiddenMarkov(
      categorical({ probs: [1, 1] }),
      categorical({ probs: tf.stack(moves) }),
      normal(mu, 1),
      { steps: y.size },
    );
    yield* observe('y', series, y);
  });

/** How often the data go from one side of a number to the other, or stay: where from, then where to. */
const movesAcross = (y: readonly number[], border: number): readonly (readonly number[])[] =>
  [0, 1].map((from) =>
    [0, 1].map(
      (to) =>
        y.filter(
          (x, t) => t > 0 && Number((y[t - 1] ?? 0) > border) === from && Number(x > border) === to,
        ).length,
    ),
  );

/** A guide whose chances have the law that they would have if moves of the chain were counted. */
const ofCounts = (counts: readonly (readonly number[])[], means: ReturnType<typeof normalGuide>) =>
  program(function* () {
    for (const [i, found] of counts.entries()) {
      const name = `theta${i + 1}`;
      const start = found.map((count) => count + 1);
      yield* sample(name, dirichlet(yield* param(`${name}/counts`, start, { support: positive })));
    }
    yield* means;
  });

/** The problem; of the data the guides know where most of either state's are. */
export const hiddenChain = (rows: Problem['rows']): Problem => {
  const sorted = rows.flat().toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const [low, high] = [at(0.1), at(0.6)];
  const means = [
    { name: 'first', bijector: bijectors.exp, start: Math.log(low), scale: 0.1 },
    { name: 'gap', bijector: bijectors.exp, start: Math.log(high - low), scale: 0.1 },
  ];
  const moves = ['theta1', 'theta2'].map((name) => ({
    name,
    bijector: bijectors.stickBreaking,
    start: [0],
    scale: 0.5,
  }));
  const meanField = normalGuide([...moves, ...means], 'mean field');
  const full = normalGuide([...moves, ...means], 'full covariance');
  const structured = ofCounts(
    movesAcross(rows.flat(), (low + high) / 2),
    normalGuide(means, 'full covariance'),
  );
  const objective = elbo({ particles: 8, gradient: 'stickingTheLanding' });
  return {
    name: 'hmm_example',
    rows,
    model,
    fittings: [
      { family: 'mean field', guide: () => meanField, objective, steps: 2000, rate: 0.03 },
      { family: 'full covariance', guide: () => full, objective, steps: 2000, rate: 0.03 },
      { family: 'structured', guide: () => structured, objective, steps: 2000, rate: 0.03 },
    ],
  };
};
