/** The β-VAE: the rate, KL(q(z | x) ‖ p(z)), counts β times; annealed, β rises while it is trained. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  bernoulli,
  condition,
  expand,
  independent,
  normal,
  plate,
  program,
  sample,
  svi,
} from 'marginalia';
import { dense, mlp } from 'marginalia/nn';
import { type Beta, betaElbo } from 'marginalia/objectives';
import { linearSchedule } from 'marginalia/optimizers';

export interface Sizes {
  readonly pixels: number;
  readonly latent: number;
  readonly hidden: number;
}

/** z ~ N(0, I), x ~ Bernoulli(decoder(z)), for each image; returns the chances of ink. */
export const generation = ({ pixels, latent, hidden }: Sizes) => {
  const decoder = mlp('decoder', { hidden: [hidden, hidden], out: pixels });
  const image = program(function* () {
    const z = yield* sample('z', independent(expand(normal(0, 1), [latent])));
    const logits = yield* decoder(z);
    yield* sample('x', independent(bernoulli({ logits })));
    return tf.sigmoid(logits);
  });
  return (count: number) => plate('images', count, image);
};

/** q(z | x) = N(μ(x), diag σ²(x)). */
export const inference = ({ latent, hidden }: Sizes) => {
  const encoder = mlp('encoder', { hidden: [hidden, hidden] });
  const loc = dense('encoder/loc', { units: latent });
  const logScale = dense('encoder/logScale', { units: latent });
  return (x: Tensor) => {
    const code = program(function* () {
      const h = yield* encoder(x);
      yield* sample('z', independent(normal(yield* loc(h), tf.exp(yield* logScale(h)))));
    });
    return plate('images', x.shape[0] ?? 0, code);
  };
};

/** From 0 to 1 in a straight line. */
export const annealed = (steps: number): Beta => linearSchedule(0, 1, steps);

export const betaVae = (sizes: Sizes, beta: Beta) => {
  const model = generation(sizes);
  return svi({
    model: (x: Tensor) => condition(model(x.shape[0] ?? 0), { x }),
    guide: inference(sizes),
    objective: betaElbo({ beta }),
    optimizer: adam(1e-3),
  });
};
