/** What a law is at inputs of a grid: numbers to draw. */
import * as tf from '@tensorflow/tfjs';
import type { Distribution, Tensor } from 'marginalia';
import { families, isOf } from 'marginalia/distributions';
import type { OutputLayer } from './model.js';

/** What is drawn of a law `[rows]`: the name of each column of `of`, `[rows, names]`. */
export interface Curves {
  readonly title: string;
  readonly names: readonly string[];
  readonly of: (law: Distribution) => Tensor;
}

const chances = (law: Distribution, values: readonly number[]): Tensor =>
  tf.stack(
    values.map((value) =>
      tf.exp(law.logProb(tf.fill([...law.batchShape, ...law.eventShape], value))),
    ),
    -1,
  );

/** L₂₁ / √(L₂₁² + L₂₂²) of Σ = L Lᵀ. */
const correlationOf = (law: Distribution): Tensor => {
  if (!isOf(law, families.multivariateNormal)) throw new Error('expected a multivariate normal');
  const below = tf.squeeze(law.parameters.scaleTril.slice([0, 1, 0], [-1, 1, 2]), [1]);
  return tf.div(below.slice([0, 0], [-1, 1]), tf.norm(below, 2, -1, true));
};

/** A moment in closed form. */
const known = (moment: Tensor | undefined): Tensor => {
  if (moment === undefined) throw new Error('expected a law whose moments are known');
  return moment;
};

export const curves: Readonly<Record<OutputLayer, Curves>> = {
  Normal: { title: 'mean', names: ['mean'], of: (law) => known(law.mean?.()) },
  'diagonal Normal': {
    title: 'standard deviation',
    names: ['of y₁', 'of y₂'],
    of: (law) => tf.sqrt(known(law.variance?.())),
  },
  'full Normal': { title: 'correlation of y₁ and y₂', names: ['correlation'], of: correlationOf },
  Bernoulli: { title: 'probability of 1', names: ['p(1 | x)'], of: (law) => chances(law, [1]) },
  Categorical: {
    title: 'probability of a class',
    names: ['p(0 | x)', 'p(1 | x)', 'p(2 | x)'],
    of: (law) => chances(law, [0, 1, 2]),
  },
};
