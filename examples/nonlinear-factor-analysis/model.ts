/** Factor analysis with a network in the place of the loadings; the noise is diagonal and learned, as there. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  condition,
  cosineDecay,
  elbo,
  independent,
  normal,
  param,
  plate,
  positive,
  program,
  sample,
  shared,
  svi,
} from 'marginalia';
import { dense, mlp } from 'marginalia/nn';

export interface Sizes {
  /** Numbers of a datum. */
  readonly width: number;
  readonly factors: number;
  readonly hidden: number;
}

/** z ~ N(0, I), x ~ N(f(z), Ψ) with a network f and a diagonal Ψ; gives f(z). */
export const model = ({ width, factors, hidden }: Sizes) => {
  const decoder = mlp('decoder', { hidden: [hidden], out: width, activation: 'tanh' });
  return (count: number) =>
    plate(
      'data',
      count,
      program(function* () {
        const scale = yield* shared(param('scale', tf.fill([width], 0.1), { support: positive }));
        const z = yield* sample('z', independent(normal(tf.zeros([factors]), 1)));
        const mean = yield* decoder(z);
        yield* sample('x', independent(normal(mean, scale)));
        return mean;
      }),
    );
};

/** q(z | x): a normal whose mean and scales a network gives. */
export const guide = ({ factors, hidden }: Sizes) => {
  const encoder = mlp('encoder', { hidden: [hidden], activation: 'tanh' });
  const loc = dense('loc', { units: factors });
  const logScale = dense('logScale', { units: factors });
  return (x: Tensor) =>
    plate(
      'data',
      x.shape[0] ?? 0,
      program(function* () {
        const h = yield* encoder(x);
        yield* sample('z', independent(normal(yield* loc(h), tf.exp(yield* logScale(h)))));
      }),
    );
};

export const nonlinearFactorAnalysis = (sizes: Sizes, steps: number) => {
  const data = model(sizes);
  return svi({
    model: (x: Tensor) => condition(data(x.shape[0] ?? 0), { x }),
    guide: guide(sizes),
    objective: elbo(),
    optimizer: adam(cosineDecay(3e-3, steps)),
  });
};
