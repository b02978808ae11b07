/** Autoencoders and other networks, with noise, dropout, running averages and convolutions. */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Svi,
  type Tensor,
  bernoulli,
  elbo,
  independent,
  iwae,
  multivariateNormal,
  noise,
  normal,
  observe,
  plate,
  program,
  sample,
  sgd,
  svi,
} from 'marginalia';
import { of } from 'marginalia/monad';
import {
  batchNorm,
  conv2d,
  conv2dTranspose,
  dense,
  dropout,
  flatten,
  initializers,
  layerNorm,
  mlp,
  sequential,
  transposedLayer,
  unflatten,
} from 'marginalia/nn';
import { type RecordedCase, recordedCase } from '../recorded-case.js';
import { bits, wave } from '../wave.js';

const optimizer = sgd(0.1);

const rowsIn = (x: Tensor): number => x.shape[0] ?? 0;

/** A variational autoencoder of bits, whose guide has independent codes or correlated ones. */
const autoencoder = (codes: 'independent' | 'correlated', objective: Objective): Svi<Tensor> => {
  const decoder = mlp('decoder', { hidden: [4], out: 6, activation: 'tanh' });
  const encoder = mlp('encoder', { hidden: [4], activation: 'softplus' });
  return svi({
    model: (x: Tensor) =>
      plate(
        'rows',
        rowsIn(x),
        program(function* () {
          const z = yield* sample('z', independent(normal(tf.zeros([2]), 1)));
          yield* observe('x', independent(bernoulli({ logits: yield* decoder(z) })), x);
        }),
      ),
    guide: (x: Tensor) =>
      plate(
        'rows',
        rowsIn(x),
        program(function* () {
          const h = yield* encoder(x);
          const kernel = initializers.normalInitializer(0.3);
          const loc = yield* dense('loc', { units: 2, kernel })(h);
          const logScale = yield* dense('logScale', { units: 2, kernel })(h);
          if (codes === 'independent') {
            yield* sample('z', independent(normal(loc, tf.exp(logScale))));
            return;
          }
          const lower = yield* dense('lower', { units: 1, kernel })(h);
          yield* sample('z', multivariateNormal(loc, { logScale, lower }));
        }),
      ),
    objective,
    optimizer,
  });
};

/** Images by convolutions and their transposes, with layers that are normalised. */
const images = (particles: number): Svi<Tensor> => {
  const encoder = sequential(
    conv2d('c', { filters: 2, kernelSize: 3, strides: 2, padding: 'same', activation: 'elu' }),
    flatten(3),
    dense('code', { units: 2 }),
  );
  const decoder = sequential(
    dense('grow', { units: 8 }),
    unflatten([2, 2, 2]),
    layerNorm('norm', { axes: 3 }),
    conv2dTranspose('t', { filters: 1, kernelSize: 3, strides: 2, padding: 'same' }),
  );
  return svi({
    model: (x: Tensor) =>
      plate(
        'rows',
        rowsIn(x),
        program(function* () {
          const z = yield* sample('z', independent(normal(tf.zeros([2]), 1)));
          yield* observe('x', independent(normal(yield* decoder(z), 1), 3), x);
        }),
      ),
    guide: (x: Tensor) =>
      plate(
        'rows',
        rowsIn(x),
        program(function* () {
          yield* sample('z', independent(normal(yield* encoder(x), 0.5)));
        }),
      ),
    objective: elbo({ particles }),
    optimizer,
  });
};

/** Corrupted data, dropout, running averages and tied weights. */
const noisy = (particles: number): Svi<Tensor> => {
  const loc = dense('loc', { units: 2 });
  // A bias before a layer that takes the mean away has a slope of rounding alone.
  const encoder = sequential(
    dense('hidden', { units: 5, bias: false }),
    batchNorm('norm'),
    (h: Tensor) => of(tf.tanh(h)),
    dropout('drop', { rate: 0.3 }),
  );
  const decoder = sequential(
    transposedLayer('back', loc, { units: 5, activation: 'tanh' }),
    dense('out', { units: 4 }),
  );
  return svi({
    model: (x: Tensor) =>
      plate(
        'rows',
        rowsIn(x),
        program(function* () {
          const z = yield* sample('z', independent(normal(tf.zeros([2]), 1)));
          yield* observe('x', independent(normal(yield* decoder(z), 1)), x);
        }),
      ),
    guide: (x: Tensor) =>
      plate(
        'rows',
        rowsIn(x),
        program(function* () {
          const e = yield* noise('corruption', independent(normal(tf.zeros([4]), 0.1)));
          const h = yield* encoder(tf.add(x, e));
          yield* sample('z', independent(normal(yield* loc(h), 0.5)));
        }),
      ),
    objective: elbo({ particles }),
    optimizer,
  });
};

/** A regression whose parameters are weights of a network, with no latent site. */
const regression: Svi<Tensor> = svi({
  model: (x: Tensor) =>
    program(function* () {
      const net = mlp('net', {
        hidden: [4, 3],
        out: 1,
        activation: 'sigmoid',
        kernel: initializers.heNormal,
        after: (layer) => layerNorm(`${layer}/norm`),
      });
      const y = tf.squeeze(yield* net(x), [-1]);
      yield* plate('rows', 5, observe('y', normal(y, 0.5), tf.sum(x, -1)));
    }),
  guide: () => of({}),
  objective: elbo(),
  optimizer,
});

/** Weights that are latent, whose products with the data are matrix products. */
const bayesianRegression: Svi<Tensor> = svi({
  model: (x: Tensor) =>
    program(function* () {
      const w = yield* sample('w', independent(normal(tf.zeros([3, 2]), 1), 2));
      const h = tf.tanh(tf.matMul(x, w));
      yield* plate('rows', 5, observe('y', normal(tf.sum(h, -1), 0.5), tf.sum(x, -1)));
    }),
  guide: () =>
    program(function* () {
      const loc = yield* dense('loc', { units: 2, bias: false })(tf.eye(3));
      yield* sample('w', independent(normal(loc, 0.3), 2));
    }),
  objective: elbo(),
  optimizer,
});

export const networks: readonly RecordedCase[] = [
  recordedCase('an autoencoder: elbo', () => ({
    svi: autoencoder('independent', elbo()),
    batch: bits([5, 6]),
  })),
  recordedCase('an autoencoder: iwae, 3 particles', () => ({
    svi: autoencoder('independent', iwae({ particles: 3 })),
    batch: bits([5, 6]),
  })),
  recordedCase('an autoencoder: iwae, doubly reparameterised, 3 particles', () => ({
    svi: autoencoder('independent', iwae({ particles: 3, gradient: 'doublyReparameterised' })),
    batch: bits([5, 6]),
  })),
  recordedCase('an autoencoder of correlated codes: elbo', () => ({
    svi: autoencoder('correlated', elbo()),
    batch: bits([5, 6]),
  })),
  recordedCase('an autoencoder of correlated codes: elbo that lands, 2 particles', () => ({
    svi: autoencoder('correlated', elbo({ gradient: 'stickingTheLanding', particles: 2 })),
    batch: bits([5, 6]),
  })),
  recordedCase('convolutions: elbo', () => ({ svi: images(1), batch: wave([3, 4, 4, 1]) })),
  recordedCase('convolutions: elbo, 2 particles', () => ({
    svi: images(2),
    batch: wave([3, 4, 4, 1]),
  })),
  recordedCase('noise in networks: elbo', () => ({ svi: noisy(1), batch: wave([6, 4]) })),
  recordedCase('noise in networks: elbo, 3 particles', () => ({
    svi: noisy(3),
    batch: wave([6, 4]),
  })),
  recordedCase('a network without latent sites', () => ({ svi: regression, batch: wave([5, 3]) })),
  recordedCase('latent weights: elbo', () => ({ svi: bayesianRegression, batch: wave([5, 3]) })),
];
