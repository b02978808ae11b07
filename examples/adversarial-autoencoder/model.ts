/** An autoencoder whose codes a second network cannot tell from draws of the prior. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, adam, independent, noise, normal, program, sample, svi } from 'marginalia';
import { phases } from 'marginalia/inference';
import { dense, mlp } from 'marginalia/nn';
import { minimize } from 'marginalia/objectives';

export type Encoder = 'deterministic' | 'stochastic';

export const LATENT = 2;

/** λ is what fooling weighs beside reconstruction; an autoencoder with 0 is a plain one. */
export const adversarialAutoencoder = (pixels: number, kind: Encoder, lambda: number) => {
  const hidden = mlp('encoder', { hidden: [256] });
  const decoder = mlp('decoder', { hidden: [256], out: pixels, outActivation: 'sigmoid' });
  const critic = mlp('critic', { hidden: [128, 128], out: 1 });

  /** z = e(x), or a draw of q(z | x) = N(μ(x), σ(x)²). */
  const encoder = (x: Tensor) =>
    program(function* () {
      const h = yield* hidden(x);
      const loc = yield* dense('encoder/loc', { units: LATENT })(h);
      if (kind === 'deterministic') return loc;
      const scale = tf.exp(yield* dense('encoder/logScale', { units: LATENT })(h));
      return yield* sample('code', independent(normal(loc, scale), 2));
    });

  const tellsApart = (x: Tensor) =>
    program(function* () {
      const prior = yield* noise(
        'prior',
        independent(normal(tf.zeros([x.shape[0] ?? 0, LATENT]), 1), 2),
      );
      const ofPrior = tf.mean(tf.softplus(tf.neg(yield* critic(prior))));
      const ofCodes = tf.mean(tf.softplus(yield* critic(yield* encoder(x))));
      return tf.add(ofPrior, ofCodes);
    });

  const rebuildsAndFools = (x: Tensor) =>
    program(function* () {
      const code = yield* encoder(x);
      const seen = yield* decoder(code);
      return {
        reconstruction: tf.mean(tf.sum(tf.squaredDifference(seen, x), -1)),
        fooling: tf.mul(lambda, tf.mean(tf.softplus(tf.neg(yield* critic(code))))),
      };
    });

  // Little momentum: what each descends moves with the other's every step.
  const calm = { b1: 0.5 };
  const game = phases(
    {
      critic: svi({ ...minimize(tellsApart), optimizer: adam(5e-4, calm), trains: ['critic'] }),
      autoencoder: svi({
        ...minimize(rebuildsAndFools),
        optimizer: adam(1e-3, calm),
        trains: ['encoder', 'decoder'],
      }),
    },
    { report: 'autoencoder' },
  );
  return { encoder, decoder, game };
};
