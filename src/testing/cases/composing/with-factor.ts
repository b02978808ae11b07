/** Cases with a term of their own in the log joint. */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import * as t from 'io-ts';
import { factor, param, program } from '../../../../dsl/index.js';
import type { AnyProgram } from '../../law/inference.js';
import type { BoundCase } from '../bound-case.js';
import { decodeSketch, finite } from '../decode-sketch.js';
import type { FromSketch } from '../from-sketch.js';
import { changedCase, layersOf, recipeCodec } from './changed-case.js';

const GENERATOR = 'withFactor';

const sketchCodec = t.type({
  of: recipeCodec,
  /** The term, or what the mean of the data is multiplied by. */
  weight: finite,
  ofData: t.boolean,
  isLearned: t.boolean,
});
type Sketch = Readonly<Omit<t.TypeOf<typeof sketchCodec>, 'of'>>;

const complete = (inner: BoundCase, sketch: Sketch): BoundCase => {
  const { weight, ofData, isLearned } = sketch;
  const before = layersOf(inner.recipe, GENERATOR);
  const name = before === 0 ? 'penalty' : `penalty ${before + 1}`;
  const seen = Object.values(inner.data).flat();
  const mean = seen.reduce((sum, x) => sum + x, 0) / seen.length;
  const isOfData = ofData && Number.isFinite(mean);
  const after = (model: AnyProgram): AnyProgram =>
    program(function* () {
      const result = yield* model;
      const by = isLearned ? yield* param(`${name} weight`, weight) : tf.scalar(weight);
      yield* factor(name, isOfData ? tf.mul(by, tf.mean(tf.tensor1d([...seen]))) : by);
      return result;
    });
  const { rows } = inner;
  return changedCase(inner, GENERATOR, sketch, {
    label: `${inner.label}; ${name}(${isOfData ? `${weight} mean x` : weight})`,
    model: after(inner.model),
    logEvidence: inner.logEvidence + (isOfData ? weight * mean : weight),
    ...(rows && { rows: { ...rows, model: (at) => after(rows.model(at)) } }),
    with: ['factor', ...(isLearned ? (['model parameters'] as const) : [])],
    without: ['all sites in a plate'],
  });
};

/**
 * Cases with one more factor outside every plate: a number of nats, or one times the mean of the data, in
 * some cases a parameter of the model. The evidence is that much larger; posterior and gap stay.
 *
 * Factors of latent values, which change the posterior, are made by the generators themselves.
 *
 * @example
 * ```ts
 * const cases = withFactor(discreteGraphs({ outside: 1, inside: 1 }));
 * fc.assert(
 *   fc.property(cases, (c) => checkExactGuide({ ...c, guide: c.posterior })),
 *   { numRuns: 3 },
 * );
 * const [c] = fc.sample(cases, { numRuns: 1, seed: 1 });
 * c?.label.includes('penalty'); // true
 * ```
 */
export const withFactor = (cases: fc.Arbitrary<BoundCase>): fc.Arbitrary<BoundCase> =>
  fc
    .tuple(
      cases,
      fc.record({
        weight: fc.integer({ min: -16, max: 16 }).map((eighths) => eighths / 8),
        ofData: fc.boolean(),
        isLearned: fc.boolean(),
      }),
    )
    .map(([inner, sketch]) => complete(inner, sketch));

/** The case of a sketch of `withFactor`; what is none throws a `RangeError`. */
export const factorFromSketch: FromSketch = (sketch, again) => {
  const { of, ...own } = decodeSketch(GENERATOR, sketchCodec, sketch);
  return complete(again(of), own);
};
