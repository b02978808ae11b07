/** A convolutional autoencoder: windows of pixels become channels, twice, and back. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  bernoulli,
  condition,
  elbo,
  independent,
  normal,
  plate,
  program,
  sample,
  svi,
} from 'marginalia';
import { dense, initializers, network } from 'marginalia/nn';
import { at } from '../contenders/arrays.js';
import type { ConvolutionalVaeCase } from '../case.js';
import type { Batch, Study } from '../study.js';
import { images } from './vae.js';

const in4D = (x: Tensor): tf.Tensor4D => {
  const [a = 0, b = 0, c = 0, d = 0] = x.shape;
  return x.as4D(a, b, c, d);
};

/** max(0, x ∗ w + b) by stride 2. */
const convolution = <const N extends string>(
  name: N,
  window: number,
  [from, to]: readonly [number, number],
) =>
  network(
    name,
    { kernel: initializers.heNormal([window, window, from, to]), bias: tf.zeros([to]) },
    ({ kernel, bias }, x: Tensor) =>
      tf.relu(tf.add(tf.conv2d(in4D(x), in4D(kernel), 2, 'same'), bias)),
  );

/** The transpose of a convolution by stride 2, plus a bias: sides double. */
const transposed = <const N extends string>(
  name: N,
  window: number,
  [from, to]: readonly [number, number],
) =>
  network(
    name,
    { kernel: initializers.heNormal([window, window, to, from]), bias: tf.zeros([to]) },
    ({ kernel, bias }, x: Tensor) => {
      const [count = 0, rows = 0, columns = 0] = x.shape;
      const wide: [number, number, number, number] = [count, 2 * rows, 2 * columns, to];
      return tf.add(tf.conv2dTranspose(in4D(x), in4D(kernel), wide, 2, 'same'), bias);
    },
  );

const programs = ({ side, channels: [one, two], window, latent }: ConvolutionalVaeCase) => {
  const small = side / 4;
  const wide = dense('decoder/wide', { units: small * small * two, activation: 'relu' });
  const up = transposed('decoder/up', window, [two, one]);
  const out = transposed('decoder/out', window, [one, 1]);
  const down = convolution('encoder/down', window, [1, one]);
  const deep = convolution('encoder/deep', window, [one, two]);
  const loc = dense('encoder/loc', { units: latent });
  const logScale = dense('encoder/logScale', { units: latent });
  const flat = (x: Tensor): Tensor => tf.reshape(x, [x.shape[0] ?? 0, -1]);
  return {
    model: (count: number) =>
      plate(
        'data',
        count,
        program(function* () {
          const z = yield* sample('z', independent(normal(tf.zeros([latent]), tf.ones([latent]))));
          const h = tf.reshape(yield* wide(z), [-1, small, small, two]);
          const logits = flat(yield* out(tf.relu(yield* up(h))));
          yield* sample('x', independent(bernoulli({ logits })));
        }),
      ),
    guide: (x: Tensor) =>
      plate(
        'data',
        x.shape[0] ?? 0,
        program(function* () {
          const seen = yield* down(tf.reshape(x, [-1, side, side, 1]));
          const h = flat(yield* deep(seen));
          yield* sample('z', independent(normal(yield* loc(h), tf.exp(yield* logScale(h)))));
        }),
      ),
  };
};

export const convolutionalVaeStudy = (of: ConvolutionalVaeCase): Study => {
  const { model, guide } = programs(of);
  return {
    inference: svi({
      model: (b: Batch) => condition(model(of.batch), { x: at(b, 'x') }),
      guide: (b: Batch) => guide(at(b, 'x')),
      objective: elbo(),
      optimizer: adam(of.rate),
    }),
    batches: () => [{ x: images(of.batch, of.side * of.side) }],
  };
};
