/** Factor analysis: common factors, and noise of its own for each number; the guide contains the posterior. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  condition,
  cosineDecay,
  elbo,
  independent,
  multivariateNormal,
  normal,
  param,
  plate,
  positive,
  program,
  sample,
  shared,
  svi,
} from 'marginalia';
import { lowerCholesky } from 'marginalia/distributions';
import { dense, initializers } from 'marginalia/nn';

/** z ~ N(0, I), x ~ N(W z + μ, Ψ) with a diagonal Ψ. */
const model = (width: number, factors: number) => {
  const loadings = dense('loadings', { units: width });
  return (count: number) =>
    plate(
      'data',
      count,
      program(function* () {
        const scale = yield* shared(param('scale', tf.fill([width], 0.3), { support: positive }));
        const z = yield* sample('z', independent(normal(tf.zeros([factors]), 1)));
        yield* sample('x', independent(normal(yield* loadings(z), scale)));
      }),
    );
};

/** z ~ N(A x + b, L Lᵀ), which has the posterior among its members. */
const guide = (factors: number) => {
  const encoder = dense('encoder', { units: factors, kernel: initializers.zeros });
  return (x: Tensor) =>
    plate(
      'data',
      x.shape[0] ?? 0,
      program(function* () {
        const scaleTril = yield* shared(
          param('scaleTril', tf.eye(factors), { support: lowerCholesky }),
        );
        yield* sample('z', multivariateNormal(yield* encoder(x), { scaleTril }));
      }),
    );
};

export const factorAnalysis = (width: number, factors: number, steps: number) => {
  const data = model(width, factors);
  return svi({
    model: (x: Tensor) => condition(data(x.shape[0] ?? 0), { x }),
    guide: guide(factors),
    objective: elbo(),
    optimizer: adam(cosineDecay(0.02, steps)),
  });
};
