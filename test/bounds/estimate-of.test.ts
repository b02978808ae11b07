/** What counts once is a scalar: estimates, penalties, weights of terms, and terms in their plates. */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Tensor,
  bernoulli,
  derive,
  elbo,
  evidence,
  factor,
  iwae,
  key,
  logDensity,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  sgd,
  svi,
  trace,
} from 'marginalia';
import { enumerate } from 'marginalia/handlers';
import { lint } from 'marginalia/lint';
import { of } from 'marginalia/monad';
import {
  type Joint,
  estimateTerms,
  estimateWeights,
  penalized,
  valuesIn,
} from 'marginalia/objectives';
import { describe, expect, it } from 'vitest';

const w = program(function* () {
  yield* observe('x', normal(yield* param('w', 0), 1), 20);
});

const inferenceOf = (objective: Objective) =>
  svi({ model: () => w, guide: () => of({}), objective, optimizer: sgd(1) });

const slope = (objective: Objective): number | undefined => {
  const inference = inferenceOf(objective);
  return inference.gradients(inference.init(key(0), undefined), undefined)['w']?.dataSync()[0];
};

describe('a penalty', () => {
  const penalised = (penalty: (joint: Joint) => Tensor) => penalized(elbo(), { sparse: penalty });

  it('is a scalar, and leaves the gradient of the rest as it is', () => {
    expect(slope(elbo())).toBeCloseTo(-20, 4);
    expect(slope(penalised(() => tf.scalar(0)))).toBeCloseTo(-20, 4);
  });

  it.each([[[4]], [[1]], [[2, 3]], [[0]]])('of shape %j is refused by its name', (shape) => {
    const objective = penalised(() => tf.zeros(shape));
    const message = `penalty 'sparse': expected a scalar, but got shape [${shape.join(', ')}]. Sum its entries by tf.sum`;
    expect(() => inferenceOf(objective).init(key(0), undefined)).toThrow(message);
    expect(() => lint(w, of({}), objective)).toThrow(message);
  });

  it('that takes one draw of several is refused, with the cure', () => {
    const guide = () => sample('z', normal(0, 1));
    const model = () => sample('z', normal(0, 1));
    const norm = ({ guide: { records } }: Joint): Tensor =>
      tf.square(records.find((r) => r.name === 'z')?.value ?? tf.scalar(0));
    const made = (particles: number, penalty: (joint: Joint) => Tensor) =>
      svi({
        model,
        guide,
        objective: penalized(elbo({ particles }), { norm: penalty }),
        optimizer: sgd(1),
      });
    expect(made(1, norm).init(key(0), undefined).step).toBe(0);
    expect(() => made(3, norm).init(key(0), undefined)).toThrow(
      /belongs to one of several draws.*valuesIn\(joint, 'guide'\)/s,
    );
    const ofAll = (joint: Joint): Tensor => tf.square(valuesIn(joint, 'guide', 'z').z);
    expect(() => made(3, ofAll).init(key(0), undefined)).toThrow(
      /penalty 'norm': expected a scalar/,
    );
  });
});

describe('an objective', () => {
  const wide: readonly (readonly [string, Objective['estimate']])[] = [
    [
      'surrogate',
      (joint) => ({
        ...estimateTerms(joint),
        surrogate: tf.mul(estimateTerms(joint).value, [1, 1]),
      }),
    ],
    ['value', (joint) => ({ ...estimateTerms(joint), value: tf.zeros([4]) })],
    ['part', (joint) => ({ ...estimateTerms(joint), terms: { part: tf.zeros([1]) } })],
  ];

  it.each(wide)('whose %s is no scalar is refused', (part, estimate) => {
    const objective = { ...elbo(), name: 'mine', estimate };
    const message = new RegExp(
      `${part} of the objective 'mine': expected a scalar, but got shape \\[\\d\\]. Sum .* sumOverData, .* tf.sum`,
    );
    expect(() => inferenceOf(objective).init(key(0), undefined)).toThrow(message);
    if (part === 'surrogate') expect(() => lint(w, of({}), objective)).toThrow(message);
  });

  it('weighs a term by one number for each of its elements, and not by more', () => {
    const by = (weight: Tensor | number): Objective => ({
      ...elbo(),
      estimate: (joint) => estimateTerms(joint, () => weight),
    });
    expect(slope(by(0.5))).toBeCloseTo(-10, 4);
    expect(slope(by(tf.scalar(2)))).toBeCloseTo(-40, 4);
    expect(() => slope(by(tf.ones([3])))).toThrow(
      "the weight of logLikelihood x: expected a shape that broadcasts to the term's, [], but got [3].",
    );
  });

  it('reduces weights along their particles alone', () => {
    const two = plate('d', 2, observe('x', normal(0, 1), [0, 1]));
    const by = (reduce: (weights: Tensor) => Tensor) =>
      svi({
        model: () => two,
        guide: () => of({}),
        objective: { ...iwae({ particles: 3 }), estimate: (j) => estimateWeights(j, reduce) },
        optimizer: sgd(1),
      });
    const right = by((x) => tf.max(x, 0));
    const { loss } = right.evaluate(right.init(key(0), undefined), undefined);
    expect(loss.dataSync()[0]).toBeCloseTo(2 * 0.9189385 + 0.5, 4);
    for (const reduce of [
      (x: Tensor) => tf.max(x),
      (x: Tensor) => x,
      (x: Tensor) => tf.max(x, 0, true),
    ]) {
      expect(() => by(reduce).init(key(0), undefined)).toThrow(
        /the reduction of estimateWeights: expected shape \[2\] of weights \[\d, 2\]/,
      );
    }
  });
});

describe('a term with an axis that no plate accounts for', () => {
  const bit = (rest: () => ReturnType<typeof factor<'f'>> | ReturnType<typeof observe<'x'>>) =>
    program(function* () {
      yield* sample('z', bernoulli({ probs: 0.5 }));
      yield* rest();
    });
  const cases = [
    ['factor', () => bit(() => factor('f', [1, 2, 3])), /site 'f'.*shape \[\].*but got \[3\]/],
    ['observation', () => bit(() => observe('x', normal(0, 1), [1, 2])), /site 'x'.*but got \[2\]/],
  ] as const;

  it.each(cases)('is refused beside sites that are summed: %s', async (_, make, message) => {
    const guide = () => sample('z', bernoulli({ probs: 0.5 }));
    expect(() => derive(make(), guide(), elbo())).toThrow(message);
    expect(() => enumerate(make())).toThrow(message);
    expect(() => logDensity(make(), { values: { z: 1 } })).toThrow(message);
    expect(() => trace(make(), { key: key(0), particles: 2 })).toThrow(message);
    await expect(evidence(make(), guide(), { key: key(0), samples: 2 })).rejects.toThrow(message);
  });

  it('in a plate is refused as well, and what broadcasts to the plate is not', () => {
    const inPlate = (values: number | readonly number[]) => plate('d', 3, factor('f', values));
    expect(logDensity(inPlate(2), {}).dataSync()[0]).toBe(6);
    expect(logDensity(inPlate([1, 2, 3]), {}).dataSync()[0]).toBe(6);
    expect(() => derive(inPlate([1, 2]), of({}), elbo())).toThrow(/'f'.*\[3\].*but got \[2\]/);
  });
});
