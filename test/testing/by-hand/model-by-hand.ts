/** Tests of a model with its guide as one writes them without the kit. */
import * as tf from '@tensorflow/tfjs';
import { elbo, evidence, foldIn, key, replay, sgd, svi, trace } from 'marginalia';
import type { ModelUnderTest } from 'marginalia/testing';
import type { HandTest } from './bound-by-hand.js';

/** What is known of a model: what the kit is told as well. */
export type Known = Pick<
  ModelUnderTest,
  'model' | 'guide' | 'logEvidence' | 'posterior' | 'rows' | 'params'
>;

// begin: what one writes
type Programs = Pick<Known, 'model' | 'guide' | 'params'>;

const inferenceOf = ({ model, guide }: Programs) =>
  svi({ model: () => model, guide: () => guide, objective: elbo(), optimizer: sgd(1) });

/** The bound at some keys. */
const boundsOf = (programs: Programs, keys: number): readonly number[] =>
  Array.from({ length: keys }, (_, i) => {
    const losses: number[] = [];
    tf.tidy(() => {
      const inference = inferenceOf(programs);
      const state = inference.init(key(0), undefined, programs.params);
      const { loss } = inference.evaluate(state, undefined, { key: foldIn(key(1), i) });
      losses.push(loss.dataSync()[0] ?? NaN);
    });
    return -(losses[0] ?? NaN);
  });

const meanAndError = (xs: readonly number[]): readonly [number, number] => {
  const mean = xs.reduce((a, b) => a + b, 0) / xs.length;
  const square = xs.reduce((a, b) => a + (b - mean) ** 2, 0) / (xs.length - 1);
  return [mean, Math.sqrt(square / xs.length)];
};

const expectAtMost = (what: string, low: number, high: number): void => {
  if (!(low <= high)) throw new Error(`${what}: expected at most ${high}, but got ${low}`);
};

/** Halves of the data average to all of them. */
const isScaled = ({ rows }: Known): void => {
  if (rows === undefined) return;
  const { model, guide, size } = rows;
  const all = Array.from({ length: size }, (_, i) => i);
  const bound = (some: readonly number[]): readonly [number, number] => {
    const at = tf.tensor1d([...some], 'int32');
    return meanAndError(boundsOf({ model: model(at), guide: guide(at) }, 100));
  };
  const half = Math.floor(size / 2);
  const [whole, error] = bound(all);
  const [first, firstError] = bound(all.slice(0, half));
  const [second, secondError] = bound(all.slice(half));
  const share = half / size;
  const miss = Math.abs(share * first + (1 - share) * second - whole);
  const allowed = 5 * Math.hypot(error, share * firstError, (1 - share) * secondError);
  expectAtMost('the error of half the data', miss, allowed + 1e-4 * Math.abs(whole));
};

/** The model scores what the guide draws. */
const hasItsSupport = ({ model, guide, params }: Known): void =>
  tf.tidy(() => {
    for (let i = 0; i < 50; i += 1) {
      const at = { key: foldIn(key(2), i), ...(params && { params }) };
      const log = replay(model, trace(guide, at), at).logJoint.dataSync()[0] ?? NaN;
      if (!Number.isFinite(log)) throw new Error(`a draw has the log density ${log}`);
    }
  });

const isBelowEvidence = (known: Known): void => {
  if (known.logEvidence === undefined) return;
  const [mean, error] = meanAndError(boundsOf(known, 200));
  expectAtMost('the bound', mean, known.logEvidence + 5 * error + 1e-3);
};

const weighsToEvidence = async ({ model, guide, logEvidence, params }: Known): Promise<void> => {
  if (logEvidence === undefined) return;
  const asked = { key: key(3), samples: 2000, chunk: 2000, ...(params && { params }) };
  const { total, totalStandardError } = await evidence(model, guide, asked);
  const miss = Math.abs(total - logEvidence);
  expectAtMost('the error of the evidence', miss, 5 * totalStandardError + 1e-3);
};

const isExactAtPosterior = async (known: Known): Promise<void> => {
  const { model, posterior, logEvidence, params } = known;
  if (posterior === undefined || logEvidence === undefined) return;
  for (let i = 0; i < 10; i += 1) {
    const asked = { key: foldIn(key(4), i), samples: 1, ...(params && { params }) };
    const { total } = await evidence(model, posterior, asked);
    expectAtMost('the error at the posterior', Math.abs(total - logEvidence), 1e-3);
  }
};

/** All parameters are moved together, with the same draws on both sides. */
const hasItsGradient = (known: Known): void => {
  const [differences, misses]: [number[], number[]] = [[], []];
  for (let i = 0; i < 300; i += 1) {
    tf.tidy(() => {
      const inference = inferenceOf(known);
      const { params } = inference.init(key(0), undefined, known.params);
      if (Object.keys(params).length === 0) return;
      const h = 1e-2;
      const at = (by: number) =>
        inference.init(
          foldIn(key(5), i),
          undefined,
          Object.fromEntries(Object.entries(params).map(([name, x]) => [name, tf.add(x, by)])),
        );
      const loss = (by: number): number =>
        inference.evaluate(at(by), undefined).loss.dataSync()[0] ?? NaN;
      const gradients = Object.values(inference.gradients(at(0), undefined));
      const slope = gradients.reduce((sum, g) => sum + (tf.sum(g).dataSync()[0] ?? NaN), 0);
      const difference = (loss(h) - loss(-h)) / (2 * h);
      differences.push(difference);
      misses.push(slope - difference);
    });
  }
  if (misses.length === 0) return;
  const [size] = meanAndError(differences);
  const [miss, error] = meanAndError(misses);
  const allowed = 5 * error + 0.02 * (1 + Math.abs(size));
  expectAtMost('the error of the gradient', Math.abs(miss), allowed);
};
// end

/** The six tests that a careful author of a model writes. */
export const modelTestsByHand: readonly HandTest<Known>[] = [
  { name: 'the plate is scaled', run: isScaled },
  { name: 'the guide has the support', run: hasItsSupport },
  { name: 'the bound is below the evidence', run: isBelowEvidence },
  { name: 'weights average to the evidence', run: weighsToEvidence },
  { name: 'the posterior is exact', run: isExactAtPosterior },
  { name: 'the gradient is its finite difference', run: hasItsGradient },
];
