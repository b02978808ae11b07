/** M1: a variational autoencoder whose code z a classifier reads, after it (α = 0) or in one with it. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  bernoulli,
  condition,
  cosineDecay,
  elbo,
  expand,
  factor,
  independent,
  normal,
  observe,
  plate,
  program,
  sample,
  svi,
} from 'marginalia';
import { oneHotCategorical } from 'marginalia/distributions';
import { of } from 'marginalia/monad';
import { dense, mlp } from 'marginalia/nn';
import { type Batch, type Sizes, type Training, together } from './batch.js';

/** The mean and the log scale of q(z | x). */
export const encoderOf = ({ hidden, latent }: Sizes) => {
  const encoder = mlp('encoder', { hidden: [hidden] });
  const loc = dense('encoder/loc', { units: latent });
  const logScale = dense('encoder/logScale', { units: latent });
  return (x: Tensor) =>
    program(function* () {
      const h = yield* encoder(x);
      return { loc: yield* loc(h), logScale: yield* logScale(h) };
    });
};

/** p(y | z). */
export const headOf = ({ hidden, classes }: Sizes) =>
  mlp('head', { hidden: [hidden], out: classes });

/** ELBO of all images + α E_q[log p(y | z)] of the labelled ones. */
export const m1 = (sizes: Sizes, { alpha, steps }: Training) => {
  const [encoder, head] = [encoderOf(sizes), headOf(sizes)];
  const decoder = mlp('decoder', { hidden: [sizes.hidden], out: sizes.pixels });
  const image = (y: Tensor, where: Tensor) =>
    program(function* () {
      const z = yield* sample('z', independent(expand(normal(0, 1), [sizes.latent])));
      yield* sample('x', independent(bernoulli({ logits: yield* decoder(z) })));
      if (alpha === 0) return;
      const known = oneHotCategorical({ logits: yield* head(z) }).logProb(y);
      yield* factor('classification', tf.mul(tf.mul(known, where), alpha));
    });
  const code = (x: Tensor) =>
    program(function* () {
      const { loc, logScale } = yield* encoder(x);
      yield* sample('z', independent(normal(loc, tf.exp(logScale))));
    });
  return svi({
    model: (batch: Batch) => {
      const { count, x, y } = together(batch);
      return condition(plate('images', count, image(y.value, y.where)), { x });
    },
    guide: (batch: Batch) => {
      const { count, x } = together(batch);
      return plate('images', count, code(x));
    },
    objective: elbo(),
    optimizer: adam(cosineDecay(1e-3, steps)),
  });
};

/** A classifier of codes that do not move any more. */
export const classifierOfCodes = (sizes: Sizes, steps: number) => {
  const head = headOf(sizes);
  return svi({
    model: ({ z, y }: { readonly z: Tensor; readonly y: Tensor }) =>
      plate(
        'images',
        z.shape[0] ?? 0,
        program(function* () {
          yield* observe('y', oneHotCategorical({ logits: yield* head(z) }), y);
        }),
      ),
    guide: () => of(undefined),
    objective: elbo(),
    optimizer: adam(cosineDecay(1e-3, steps)),
  });
};
