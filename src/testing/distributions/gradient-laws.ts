/**
 * Laws of gradients, against finite differences over the same noise in double precision. Exact but
 * for rounding: no false alarms by chance.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { isReparameterised } from '../../../dsl/distribution.js';
import { isDiscrete } from '../../../dsl/support.js';
import { derivative, derivatives, replaceAt } from '../law/finite-differences.js';
import type { LawName } from '../law/catalogue.js';
import { expectClose } from '../law/law.js';
import { column, distinctWeights, rowsOf, sum, toTensor, variance } from '../statistics/numbers.js';
import { type Parametrised, type Subject, claim, eventSize, noiseFor } from './subject.js';
import { distanceToEdge } from './support-geometry.js';

/** Draws that a gradient is taken over; more would only cost time. */
const DRAWS = 16;

/** What finite differences of float32 values cannot tell apart, relative. */
const SLACK = 1e-2;

/** How much of float32's rounding, relative to the values differenced, reaches a derivative. */
const ROUNDING = 1e-6;

const parameterStep = (parameter: number): number => 2 ** -5 * Math.max(Math.abs(parameter), 0.25);

const firstDraws = ({ value, draws }: Subject): Tensor =>
  tf.slice(value, 0, Math.min(DRAWS, draws));

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

/** f as a function of entry `i` of parameter `which`, the others as given. */
const along =
  (
    { parameters }: Parametrised,
    f: (parameters: readonly Tensor[]) => readonly number[],
    which: number,
    i: number,
  ) =>
  (x: number): readonly number[] =>
    f(
      parameters.map((p, j) =>
        toTensor(j === which ? { ...p, values: replaceAt(p.values, i, x) } : p),
      ),
    );

/** Checks gradients of Σ weights · f against differences of the terms of f, place by place. */
const checkParameters = (
  subject: Subject,
  law: LawName,
  parametrised: Parametrised,
  f: (parameters: readonly Tensor[]) => Tensor,
): void => {
  const terms = (parameters: readonly Tensor[]): readonly number[] => [...f(parameters).dataSync()];
  const differences = parametrised.parameters.map((p, which) =>
    p.values.map((x, i) => derivative(along(parametrised, terms, which, i), x, parameterStep(x))),
  );
  const shape = f(parametrised.parameters.map(toTensor)).shape;
  const weights = distinctWeights(shape).values;
  const scale = Math.max(1, ...terms(parametrised.parameters.map(toTensor)).map(Math.abs));
  // A term that a step takes out of the support has no derivative to compare with.
  const isSmooth = weights.map((_, term) =>
    differences.every((rows) => rows.every((row) => Number.isFinite(row[term]))),
  );
  const kept = weights.map((w, term) => (isSmooth[term] ? w : 0));
  const received = automatic(parametrised, (p) => tf.mul(f(p), toTensor({ shape, values: kept })));
  differences.forEach((rows, which) =>
    rows.forEach((row, i) => {
      const parts = kept.map((w, term) => (w === 0 ? 0 : w * (row[term] ?? Number.NaN)));
      const step = parameterStep(parametrised.parameters[which]?.values[i] ?? 0);
      const noise = (ROUNDING * scale * Math.sqrt(kept.length)) / step;
      expectClose(
        claim(law, subject),
        `the gradient of entry ${i} of parameter ${which}`,
        received[which]?.[i] ?? Number.NaN,
        sum(parts),
        { absolute: SLACK * sum(parts.map(Math.abs)) + noise, relative: 0 },
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
    tf.sin(tf.add(tf.asinh(parametrised.from(parameters).sampler.push(noise)), phases)),
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
  if (isDiscrete(support)) return;
  const at = firstDraws(subject);
  const rows = rowsOf(at.dataSync(), eventSize(subject));
  const received = rowsOf(
    tf
      .grad((z) => tf.sum(logProb(z)))(at)
      .dataSync(),
    eventSize(subject),
  );
  const logProbs = [...logProb(at).dataSync()];
  Array.from({ length: eventSize(subject) }, (_, j) => {
    const spread = Math.sqrt(variance(column(rows, j))) || 1;
    const steps = rows.map((event) => Math.min(spread, distanceToEdge(support, event)) / 64);
    const differences = derivatives(
      (zs) => {
        const moved = rows.flatMap((event, row) => replaceAt(event, j, zs[row] ?? NaN));
        return [...logProb(toTensor({ shape: at.shape, values: moved })).dataSync()];
      },
      column(rows, j),
      steps,
    );
    differences.forEach((difference, row) => {
      // A step over the edge of the support, or off a point mass, has no difference.
      if (!Number.isFinite(difference)) return;
      const rounding = ROUNDING * (1 + Math.abs(logProbs[row] ?? NaN));
      expectClose(
        claim('gradient of logProb in the value', subject),
        `the gradient of event entry ${j} at draw ${row}`,
        received[row]?.[j] ?? NaN,
        difference,
        { absolute: (8 * rounding) / (steps[row] ?? NaN), relative: SLACK },
      );
    });
  });
};
