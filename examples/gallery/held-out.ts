/** What a trained model makes of images that it has not seen, a chunk of them at a time. */
import {
  type Key,
  type Program,
  type SviState,
  type Tensor,
  foldIn,
  simulate,
  trace,
} from 'marginalia';
import type { Evaluator } from 'marginalia/inference';
import * as tf from '@tensorflow/tfjs';
import { type Images, imageRows } from '../data/index.js';

/** Nats per image. */
export interface HeldOut {
  readonly bound: number;
  /** The bound's parts. */
  readonly terms: Readonly<Record<string, number>>;
}

const CHUNK = 500;

const chunks = ({ count }: Images): readonly (readonly [number, number])[] =>
  Array.from({ length: Math.ceil(count / CHUNK) }, (_, i) => [
    i * CHUNK,
    Math.min(count, (i + 1) * CHUNK),
  ]);

/** The bound of images, with draws that depend on the key alone. */
export const heldOutBound = async (
  evaluation: Evaluator<Tensor>,
  state: SviState,
  images: Images,
  key: Key,
): Promise<HeldOut> => {
  const terms: Record<string, number> = {};
  let bound = 0;
  for (const [from, to] of chunks(images)) {
    const x = imageRows(images, from, to);
    const found = await evaluation.bound(state, x, { key: foldIn(key, from) });
    x.dispose();
    bound += found.bound;
    for (const [name, term] of Object.entries(found.terms)) {
      terms[name] = (terms[name] ?? 0) + term / images.count;
    }
  }
  return { bound: bound / images.count, terms };
};

/** log p(x) of each image by importance sampling from the guide, nats. */
export const heldOutEvidence = async (
  evaluation: Evaluator<Tensor>,
  state: SviState,
  images: Images,
  samples: number,
  key: Key,
): Promise<Float64Array> => {
  const found = new Float64Array(images.count);
  for (const [from, to] of chunks(images)) {
    const x = imageRows(images, from, to);
    const { logEvidence } = await evaluation.evidence(state, x, {
      key: foldIn(key, from),
      samples,
      chunk: 8,
    });
    x.dispose();
    found.set(logEvidence, from);
  }
  return found;
};

export const meanOf = (xs: ArrayLike<number>): number =>
  Array.from(xs).reduce((sum, x) => sum + x, 0) / xs.length;

/** What a model returns where its codes `[count, latent]` are given: the mean of each pixel. */
export const decoded = (
  model: (count: number) => Program<unknown, Tensor>,
  { params, key }: Pick<SviState, 'params' | 'key'>,
  codes: Tensor,
): Float32Array => {
  const means = tf.tidy(() =>
    simulate(model(codes.shape[0] ?? 0), { params, key, values: { z: codes } }),
  );
  const levels = Float32Array.from(means.dataSync());
  means.dispose();
  return levels;
};

/** A code of each image, drawn from the guide. */
export const encoded = (
  guide: (x: Tensor) => Program<unknown, unknown>,
  { params, key }: Pick<SviState, 'params' | 'key'>,
  images: Images,
): Tensor =>
  tf.tidy(() => {
    const { z } = trace(guide(imageRows(images)), { params, key }).sites;
    if (z === undefined) throw new Error("encoded: the guide has no site 'z'.");
    return z.value;
  });
