/** What a trained autoencoder looks like: its manifold, its samples, its reconstructions. */
import * as tf from '@tensorflow/tfjs';
import { type Key, type Tensor, predictive, simulate, trace } from 'marginalia';
import type { Params } from 'marginalia/inference';
import { randomNormal } from 'marginalia/random';
import { imageGrid } from '../pictures/png.js';
import { type Images, imageRows } from '../data/images.js';
import type { vaeGuide, vaeModel } from './model.js';
import { quantile } from './quantile.js';

/** The programs to draw with, and their learned parameters. */
export interface Trained {
  readonly model: ReturnType<typeof vaeModel>;
  readonly guide: ReturnType<typeof vaeGuide>;
  readonly params: Params;
  readonly latent: number;
  readonly key: Key;
}

const SCALE = 2;

/** Pixel probabilities at given codes `[count, latent]`. */
const decode = ({ model, params, key }: Trained, z: Tensor): Float32Array =>
  Float32Array.from(
    tf
      .tidy(() => tf.sigmoid(simulate(model(z.shape[0] ?? 0), { params, key, values: { z } })))
      .dataSync(),
  );

const ACROSS = 20;

/** The two dimensions of the code whose posterior mean varies most over some images. */
const liveliest = ({ guide, params, key }: Trained, x: Tensor): readonly [number, number] => {
  const spread = tf.tidy(() => {
    const z = trace(guide(x), { params, key }).sites.z.value;
    return Array.from(tf.moments(z, 0).variance.dataSync());
  });
  const order = spread.map((_, i) => i).toSorted((a, b) => (spread[b] ?? 0) - (spread[a] ?? 0));
  return [order[0] ?? 0, order[1] ?? 0];
};

/**
 * The manifold: decoded codes at the quantiles of the prior, along two dimensions; with more than
 * two, the two that vary most over the test images, the others at 0.
 */
export const manifold = (trained: Trained, images: Images): Uint8Array => {
  const { latent } = trained;
  const x = imageRows(images, 0, Math.min(images.count, 500));
  const [across, down] = latent === 1 ? [0, 0] : liveliest(trained, x);
  x.dispose();
  const at = (i: number): number => quantile((i + 0.5) / ACROSS);
  const codes = Array.from({ length: ACROSS * ACROSS }, (_, i) =>
    Array.from({ length: latent }, (_v, d) =>
      d === across ? at(i % ACROSS) : d === down ? -at(Math.floor(i / ACROSS)) : 0,
    ),
  );
  const z = tf.tensor2d(codes);
  const decoded = decode(trained, z);
  z.dispose();
  return grid(decoded, codes.length, images, ACROSS, 0);
};

const grid = (
  values: Float32Array,
  count: number,
  { rows, columns }: Images,
  across: number,
  gap: number,
): Uint8Array => imageGrid({ images: values, count, rows, columns, across, gap, scale: SCALE });

/** Pixel probabilities of codes drawn from the prior. */
export const priorSamples = (trained: Trained, images: Images): Uint8Array => {
  const count = 100;
  const z = tf.tensor2d(randomNormal(trained.key, count * trained.latent), [count, trained.latent]);
  const decoded = decode(trained, z);
  z.dispose();
  return grid(decoded, count, images, 10, 1);
};

/** Test images, each with its reconstruction to its right. */
export const reconstructions = (trained: Trained, images: Images): Uint8Array => {
  const count = Math.min(50, images.count);
  const width = images.rows * images.columns;
  const x = imageRows(images, 0, count);
  const { params, key, guide, model } = trained;
  const draws = predictive(model(count), { key, params, samples: 1, guide: guide(x) });
  const z = tf.tidy(() => tf.squeeze(draws.z, [0]));
  const decoded = decode(trained, z);
  tf.dispose([x, z, ...Object.values(draws)]);
  const pairs = new Float32Array(2 * count * width);
  for (let i = 0; i < count; i += 1) {
    pairs.set(images.grey.subarray(i * width, (i + 1) * width), 2 * i * width);
    pairs.set(decoded.subarray(i * width, (i + 1) * width), (2 * i + 1) * width);
  }
  return grid(pairs, 2 * count, images, 10, 1);
};
