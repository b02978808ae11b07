/** The bound and the log evidence of a test set, a chunk of images at a time. */
import { type Evaluator, type Key, type SviState, type Tensor, foldIn } from 'marginalia';
import { type Images, imageRows } from '../data/images.js';

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

/** The bound of a test set, with draws of z that depend on the key alone. */
export const testBound = async (
  evaluation: Evaluator<Tensor>,
  state: SviState,
  images: Images,
  key: Key,
): Promise<TestBound> => {
  const terms: Record<string, number> = {};
  let elbo = 0;
  for (const [from, to] of chunks(images)) {
    const x = imageRows(images, from, to);
    const found = await evaluation.bound(state, x, { key: foldIn(key, from) });
    x.dispose();
    elbo += found.bound;
    for (const [name, term] of Object.entries(found.terms)) {
      terms[name] = (terms[name] ?? 0) + term / images.count;
    }
  }
  return { elbo: elbo / images.count, terms };
};

/** log p(x) per image by importance sampling from the guide, nats. */
export const testLogEvidence = async (
  evaluation: Evaluator<Tensor>,
  state: SviState,
  images: Images,
  samples: number,
  key: Key,
): Promise<number> => {
  let total = 0;
  for (const [from, to] of chunks(images)) {
    const x = imageRows(images, from, to);
    const found = await evaluation.evidence(state, x, {
      key: foldIn(key, from),
      samples,
      chunk: 8,
    });
    x.dispose();
    total += found.total;
  }
  return total / images.count;
};
