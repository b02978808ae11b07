/** The bound and the log evidence of a test set, a chunk of images at a time. */
import * as tf from '@tensorflow/tfjs';
import { type Key, type Svi, type SviState, type Tensor, evidence, foldIn } from 'marginalia';
import { type Images, imageRows } from './data.js';

/** Nats per image. */
export interface TestBound {
  readonly elbo: number;
  /** The bound's parts. */
  readonly terms: Readonly<Record<string, number>>;
}

const CHUNK = 500;

const chunks = ({ count }: Images): readonly (readonly [number, number])[] =>
  Array.from({ length: Math.ceil(count / CHUNK) }, (_, i) => [
    i * CHUNK,
    Math.min(count, (i + 1) * CHUNK),
  ]);

const read = async (x: Tensor): Promise<number> => (await x.data())[0] ?? Number.NaN;

/** The bound of a test set, with draws of z that depend on the key alone. */
export const testBound = async (
  svi: Svi<Tensor>,
  state: SviState,
  images: Images,
  key: Key,
): Promise<TestBound> => {
  const terms: Record<string, number> = {};
  let elbo = 0;
  for (const [from, to] of chunks(images)) {
    const x = imageRows(images, from, to);
    const metrics = svi.evaluate(state, x, { key: foldIn(key, from) });
    elbo -= await read(metrics.loss);
    for (const [name, term] of Object.entries(metrics.terms)) {
      terms[name] = (terms[name] ?? 0) + (await read(term)) / images.count;
    }
    tf.dispose([x, metrics.loss, ...Object.values(metrics.terms)]);
  }
  return { elbo: elbo / images.count, terms };
};

/** log p(x) per image by importance sampling from the guide, nats. */
export const testLogEvidence = async (
  svi: Svi<Tensor>,
  { params }: SviState,
  images: Images,
  samples: number,
  key: Key,
): Promise<number> => {
  let total = 0;
  for (const [from, to] of chunks(images)) {
    const x = imageRows(images, from, to);
    const found = await evidence(svi.model(x), svi.guide(x), {
      key: foldIn(key, from),
      params,
      samples,
      chunk: 8,
    });
    x.dispose();
    total += found.total;
  }
  return total / images.count;
};
