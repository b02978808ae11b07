/** A variational autoencoder with two pairs of networks: deep convolutional ones, and dense ones. */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type Tensor,
  adam,
  bernoulli,
  condition,
  cosineDecay,
  elbo,
  expand,
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
import { conv2d, conv2dTranspose, dense, flatten, mlp, sequential, unflatten } from 'marginalia/nn';
import type { Param } from 'marginalia/primitives';

export interface Size {
  readonly rows: number;
  readonly columns: number;
}

type Network = (x: Tensor) => Program<Param<string>, Tensor>;

export interface Networks {
  readonly encoder: Network;
  readonly decoder: Network;
}

const halving = (filters: number) =>
  ({ filters, kernelSize: 4, strides: 2, padding: 'same' }) as const;

/** An image is halved twice on its way to the code, and doubled twice on its way back. */
export const convolutional = ({ rows, columns }: Size): Networks => ({
  encoder: sequential(
    unflatten([rows, columns, 1]),
    conv2d('encoder/0', { ...halving(16), activation: 'elu' }),
    conv2d('encoder/1', { ...halving(32), activation: 'elu' }),
    flatten(3),
  ),
  decoder: sequential(
    dense('decoder/0', { units: (rows / 4) * (columns / 4) * 32, activation: 'elu' }),
    unflatten([rows / 4, columns / 4, 32]),
    conv2dTranspose('decoder/1', { ...halving(16), activation: 'elu' }),
    conv2dTranspose('decoder/2', halving(1)),
    flatten(3),
  ),
});

/** One hidden layer each way. */
export const fullyConnected =
  (units: number) =>
  ({ rows, columns }: Size): Networks => ({
    encoder: mlp('encoder', { hidden: [units], activation: 'elu' }),
    decoder: mlp('decoder', { hidden: [units], out: rows * columns, activation: 'elu' }),
  });

/** Pixels of ink or none. */
export const bits = (logits: Tensor) =>
  program(function* () {
    yield* sample('x', independent(bernoulli({ logits })));
    return tf.sigmoid(logits);
  });

/** Grey levels, all with the same noise. */
export const levels = (h: Tensor) =>
  program(function* () {
    const mean = tf.sigmoid(h);
    const scale = yield* shared(param('scale', 0.1, { support: positive }));
    yield* sample('x', independent(normal(mean, scale)));
    return mean;
  });

export interface Vae {
  /** The steps over which the learning rate falls. */
  readonly steps: number;
  readonly latent: number;
  readonly networks: Networks;
  readonly pixels: typeof bits | typeof levels;
}

/** p(x, z) of some images; returns the mean of each pixel. */
export const generation = ({ latent, networks, pixels }: Vae) => {
  const image = program(function* () {
    const z = yield* sample('z', independent(expand(normal(0, 1), [latent])));
    return yield* pixels(yield* networks.decoder(z));
  });
  return (count: number) => plate('images', count, image);
};

/** q(z | x) = N(μ(x), diag σ²(x)). */
export const inference = ({ latent, networks }: Vae) => {
  const loc = dense('encoder/loc', { units: latent });
  const logScale = dense('encoder/logScale', { units: latent });
  return (x: Tensor) => {
    const code = program(function* () {
      const h = yield* networks.encoder(x);
      yield* sample('z', independent(normal(yield* loc(h), tf.exp(yield* logScale(h)))));
    });
    return plate('images', x.shape[0] ?? 0, code);
  };
};

export const vae = (spec: Vae) => {
  const model = generation(spec);
  return svi({
    model: (x: Tensor) => condition(model(x.shape[0] ?? 0), { x }),
    guide: inference(spec),
    objective: elbo(),
    optimizer: adam(cosineDecay(2e-3, spec.steps)),
  });
};
