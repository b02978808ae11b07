/** The VAE step by hand in TensorFlow.js: the same mathematics as the language's, nothing shared. */
import * as tf from '@tensorflow/tfjs';
import type { Contender } from '../measure.js';

export interface VaeSizes {
  readonly batch: number;
  readonly pixels: number;
  readonly hidden: number;
  readonly latent: number;
}

const glorot = (inputs: number, outputs: number): tf.Tensor => {
  const limit = Math.sqrt(6 / (inputs + outputs));
  return tf.randomUniform([inputs, outputs], -limit, limit, 'float32', 1);
};

const LAYERS = ['hidden', 'loc', 'logScale', 'decoder', 'out'] as const;
type Layer = (typeof LAYERS)[number];

const shapes = ({
  pixels,
  hidden,
  latent,
}: VaeSizes): Readonly<Record<Layer, readonly [number, number]>> => ({
  hidden: [pixels, hidden],
  loc: [hidden, latent],
  logScale: [hidden, latent],
  decoder: [latent, hidden],
  out: [hidden, pixels],
});

/** A VAE step in plain TensorFlow.js, with its own optimiser `tf.train.adam`. */
export const tfjsVae = (name: string, sizes: VaeSizes): Contender => {
  const optimizer = tf.train.adam(1e-3);
  const kernels = new Map(
    LAYERS.map((layer) => [layer, tf.variable(glorot(...shapes(sizes)[layer]))] as const),
  );
  const biases = new Map(
    LAYERS.map((layer) => [layer, tf.variable(tf.zeros([shapes(sizes)[layer][1]]))] as const),
  );
  const layer = (which: Layer, x: tf.Tensor): tf.Tensor =>
    tf.add(tf.matMul(x, kernels.get(which) ?? tf.scalar(0)), biases.get(which) ?? tf.scalar(0));
  const x = tf.tidy(() =>
    tf.cast(
      tf.greater(tf.randomUniform([sizes.batch, sizes.pixels], 0, 1, 'float32', 2), 0.5),
      'float32',
    ),
  );
  const loss = (): tf.Scalar => {
    const h = tf.relu(layer('hidden', x));
    const loc = layer('loc', h);
    const logScale = layer('logScale', h);
    const scale = tf.exp(logScale);
    const z = tf.add(loc, tf.mul(scale, tf.randomNormal(loc.shape)));
    const logits = layer('out', tf.relu(layer('decoder', z)));
    const softplus = tf.add(tf.relu(logits), tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));
    const likelihood = tf.sum(tf.sub(tf.mul(x, logits), softplus));
    const kl = tf.mul(
      tf.sum(tf.sub(tf.add(tf.square(scale), tf.square(loc)), tf.add(tf.mul(logScale, 2), 1))),
      0.5,
    );
    return tf.sub(kl, likelihood).asScalar();
  };
  return {
    name,
    step: () => {
      optimizer.minimize(loss);
    },
    close: () => {
      tf.dispose([x, ...kernels.values(), ...biases.values()]);
      optimizer.dispose();
    },
  };
};
