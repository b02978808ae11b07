/** Wasserstein autoencoders: what is rebuilt is near, and the codes of all images together are the prior. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, adam, independent, noise, normal, program, svi } from 'marginalia';
import { phases } from 'marginalia/inference';
import { mlp } from 'marginalia/nn';
import { inverseMultiquadric, maximumMeanDiscrepancy, minimize } from 'marginalia/objectives';

export const LATENT = 8;

/** What the codes' discrepancy weighs beside transport. */
const LAMBDA = { MMD: 500, adversarial: 6 };

export const wassersteinAutoencoder = (pixels: number) => {
  const encoder = mlp('encoder', { hidden: [256], out: LATENT });
  const decoder = mlp('decoder', { hidden: [256], out: pixels, outActivation: 'sigmoid' });
  const critic = mlp('critic', { hidden: [128, 128], out: 1 });

  const prior = (count: number) =>
    noise('prior', independent(normal(tf.zeros([count, LATENT]), 1), 2));

  const transport = (x: Tensor, code: Tensor) =>
    program(function* () {
      return tf.mean(tf.sum(tf.squaredDifference(yield* decoder(code), x), -1));
    });

  /** WAE-MMD: a kernel sees how far the codes are from the prior. */
  const withKernel = (x: Tensor) =>
    program(function* () {
      const code = yield* encoder(x);
      const other = yield* prior(x.shape[0] ?? 0);
      const discrepancy = maximumMeanDiscrepancy(code, other, inverseMultiquadric(2 * LATENT));
      return { transport: yield* transport(x, code), discrepancy: tf.mul(LAMBDA.MMD, discrepancy) };
    });

  /** WAE-GAN: a network does. */
  const tellsApart = (x: Tensor) =>
    program(function* () {
      const ofPrior = tf.mean(tf.softplus(tf.neg(yield* critic(yield* prior(x.shape[0] ?? 0)))));
      return tf.add(ofPrior, tf.mean(tf.softplus(yield* critic(yield* encoder(x)))));
    });
  const withCritic = (x: Tensor) =>
    program(function* () {
      const code = yield* encoder(x);
      const discrepancy = tf.mean(tf.softplus(tf.neg(yield* critic(code))));
      return {
        transport: yield* transport(x, code),
        discrepancy: tf.mul(LAMBDA.adversarial, discrepancy),
      };
    });

  // Little momentum: what each descends moves with the other's every step.
  const calm = { b1: 0.5 };
  const own = { optimizer: adam(1e-3, calm), trains: ['encoder', 'decoder'] } as const;
  return {
    encoder,
    decoder,
    variants: {
      MMD: svi({ ...minimize(withKernel), optimizer: adam(1e-3) }),
      adversarial: phases({
        autoencoder: svi({ ...minimize(withCritic), ...own }),
        critic: svi({ ...minimize(tellsApart), optimizer: adam(5e-4, calm), trains: ['critic'] }),
      }),
    },
  };
};
