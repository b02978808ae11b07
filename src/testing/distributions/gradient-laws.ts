/**
 * Laws of gradients as float32 has them, against finite differences over the same noise in double
 * precision, with steps that the function chooses. Exact but for rounding: no false alarms by chance.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { isReparameterised } from '../../../dsl/law/distribution.js';
import { type Slope, slopes } from '../law/finite-differences.js';
import type { LawName } from '../law/catalogue.js';
import { expectClose } from '../law/law.js';
import { type NumericFunction, numericFunction } from '../law/numeric-function.js';
import { column, distinctWeights, rowsOf, sum, toTensor, variance } from '../statistics/numbers.js';
import {
  type Parametrised,
  type Subject,
  claim,
  eventSize,
  firstDraws,
  noiseFor,
} from './subject.js';
import { distanceToEdge } from './support-geometry.js';

/** Draws that a gradient is taken over. */
const DRAWS = 16;

/** How far a gradient in float32 may be off, relative to its parts. */
const SLACK = 1e-2;

/** How much of float32's rounding, relative to what is differentiated, reaches a gradient. */
const ROUNDING = 1e-5;

/** Gradients of Σ f by reverse mode, one array for each parameter. */
const automatic = (
  { parameters }: Parametrised,
  f: (parameters: readonly Tensor[]) => Tensor,
): readonly (readonly number[])[] =>
  parameters.length === 0
    ? []
    : tf
        // A parameter that f does not use has gradient 0, where `tf.grads` would throw.
        .grads((...at: Tensor[]) =>
          at.reduce<Tensor>((total, p) => tf.add(total, tf.mul(tf.sum(p), 0)), tf.sum(f(at))),
        )(parameters.map(toTensor))
        .map((gradient) => [...gradient.dataSync()]);

/** What differences are to be told to, of a slope and of values of some size. */
const wanted = ({ precision }: NumericFunction, slope: number, size: number): number =>
  (SLACK / 8) * Math.max(Math.abs(slope), (precision === 'double' ? ROUNDING : 1) * size);

/** Differences of the terms of f along entry `i` of parameter `which`; nothing where there is none. */
const differencesOf = (
  { parameters }: Parametrised,
  numeric: NumericFunction,
  which: number,
  i: number,
  scale: number,
): readonly Slope[] => {
  const start = Object.fromEntries(parameters.map(({ values }, k) => [String(k), values]));
  const from = parameters[which]?.values ?? [];
  // A parameter may be small, and its law change as fast.
  const least = numeric.precision === 'double' ? 2 ** -5 : 0.25;
  const unit = Math.max(Math.abs(from[i] ?? 0), least);
  return slopes(
    (t) => {
      const moved = Float64Array.from(from, (x, j) => (i === j ? x + t * unit : x));
      return Array.from(numeric.at({ ...start, [which]: moved }, {})['terms'] ?? []);
    },
    { precision: numeric.precision, wanted: (slope) => wanted(numeric, slope, unit * scale) },
  ).map((s) => s && { value: s.value / unit, error: s.error / unit });
};

/** Checks gradients of Σ weights · f against differences of the terms of f, place by place. */
export const checkParameters = (
  subject: Subject,
  law: LawName,
  parametrised: Parametrised,
  f: (parameters: readonly Tensor[]) => Tensor,
): void => {
  const { parameters } = parametrised;
  if (parameters.length === 0) return;
  const numeric = numericFunction(
    Object.fromEntries(parameters.map((p, k) => [String(k), toTensor(p)])),
    (given) => ({ terms: f(parameters.map((p, k) => given[String(k)] ?? toTensor(p))) }),
  );
  const start = f(parameters.map(toTensor));
  const { shape } = start;
  const scale = Math.max(1, ...start.dataSync().map(Math.abs));
  const differences = parameters.map((p, which) =>
    p.values.map((_, i) => differencesOf(parametrised, numeric, which, i, scale)),
  );
  const weights = distinctWeights(shape).values;
  // A term that a step takes out of the support has no derivative to compare with.
  const kept = weights.map((w, term) =>
    differences.every((rows) => rows.every((row) => row[term] !== undefined)) ? w : 0,
  );
  const received = automatic(parametrised, (p) => tf.mul(f(p), toTensor({ shape, values: kept })));
  differences.forEach((rows, which) =>
    rows.forEach((row, i) => {
      const parts = kept.map((w, term) => (w === 0 ? 0 : w * (row[term]?.value ?? Number.NaN)));
      const unsure = sum(kept.map((w, term) => (w === 0 ? 0 : w * (row[term]?.error ?? 0))));
      expectClose(
        claim(law, subject),
        `the gradient of entry ${i} of parameter ${which}`,
        received[which]?.[i] ?? Number.NaN,
        sum(parts),
        {
          absolute:
            SLACK * sum(parts.map(Math.abs)) + ROUNDING * scale * Math.sqrt(kept.length) + unsure,
          relative: 0,
        },
      );
    }),
  );
};

/**
 * The gradient of Σ sin arsinh z over draws z = push(ε, φ), with different weights and phases for each
 * place, with respect to the parameters φ; arsinh, as a draw from a heavy tail would turn the sine
 * many times within a step. For samplers that say they are reparameterised.
 */
export const checkPathwiseGradient = (subject: Subject, parametrised: Parametrised): void => {
  const { distribution: d, seed } = subject;
  if (!isReparameterised(d.sampler.gradient)) return;
  const noise = noiseFor(d, [DRAWS], seed);
  const phases = toTensor(distinctWeights(subject.value.shape.slice(1)));
  checkParameters(subject, 'pathwise gradient', parametrised, (parameters) =>
    tf.sin(tf.add(tf.asinh(parametrised.from(parameters).sampler.draw(noise).value), phases)),
  );
};

/** The gradient of Σ log p over draws with respect to the parameters, the draws held fixed. */
export const checkParameterGradient = (subject: Subject, parametrised: Parametrised): void => {
  const value = firstDraws(subject);
  checkParameters(subject, 'gradient of logProb in the parameters', parametrised, (parameters) =>
    parametrised.from(parameters).logProb(value),
  );
};

/** The gradient of Σ log p with respect to a continuous value, at draws. */
export const checkValueGradient = (subject: Subject): void => {
  const { support, logProb } = subject.distribution;
  if (support.isDiscrete) return;
  const at = firstDraws(subject);
  const rows = rowsOf(at.dataSync(), eventSize(subject));
  const received = rowsOf(
    tf
      .grad((z) => tf.sum(logProb(z)))(at)
      .dataSync(),
    eventSize(subject),
  );
  const logProbs = [...logProb(at).dataSync()];
  const numeric = numericFunction({ at }, ({ at: z = at }) => ({ terms: logProb(z) }));
  const values = Float64Array.from(rows.flat());
  Array.from({ length: eventSize(subject) }, (_, j) => {
    const spread = Math.sqrt(variance(column(rows, j))) || 1;
    const units = rows.map((event) => Math.min(spread, distanceToEdge(support, event)));
    const differences = slopes(
      (t) => {
        const moved = values.map((z, k) =>
          k % eventSize(subject) === j
            ? z + t * (units[Math.floor(k / eventSize(subject))] ?? NaN)
            : z,
        );
        return Array.from(numeric.at({ at: moved }, {})['terms'] ?? []);
      },
      {
        precision: numeric.precision,
        wanted: (slope, row) => wanted(numeric, slope, 1 + Math.abs(logProbs[row] ?? NaN)),
      },
    );
    differences.forEach((difference, row) => {
      // A step over the edge of the support, or off a point mass, has no difference.
      if (difference === undefined) return;
      const unit = units[row] ?? NaN;
      const rounding = ROUNDING * (1 + Math.abs(logProbs[row] ?? NaN));
      expectClose(
        claim('gradient of logProb in the value', subject),
        `the gradient of event entry ${j} at draw ${row}`,
        received[row]?.[j] ?? NaN,
        difference.value / unit,
        { absolute: (8 * rounding + difference.error) / unit, relative: SLACK },
      );
    });
  });
};
