/** Arguments, initial values and observations that a family does not take, wherever they can be read. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it, vi } from 'vitest';
import {
  type Distribution,
  type Program,
  type Tensor,
  adam,
  bernoulli,
  beta,
  bijectors,
  block,
  categorical,
  delta,
  dirichlet,
  elbo,
  evidence,
  expand,
  exponential,
  freeState,
  gamma,
  independent,
  key,
  logDensity,
  mask,
  mixture,
  multivariateNormal,
  normal,
  observe,
  param,
  plate,
  positive,
  predictive,
  program,
  replay,
  sample,
  simplex,
  simulate,
  studentT,
  svi,
  trace,
  transformed,
  uniform,
  unitInterval,
} from 'marginalia';
import { graphOf } from 'marginalia/compile';
import { interval, lowerCholesky, nonnegative, oneHotCategorical } from 'marginalia/distributions';
import { enumerate } from 'marginalia/handlers';
import type { Params } from 'marginalia/inference';
import { lint } from 'marginalia/lint';
import { of } from 'marginalia/monad';
import { invalidArgument, invalidValue } from '../../../dsl/law/validity.js';

describe('what a law is made from is judged where it has values', () => {
  const at = tf.tensor;
  const argument = (d: Distribution) => {
    const found = invalidArgument(d);
    return found && [found.of.family.name, found.argument.name, found.outside.value];
  };
  const lower = at([
    [1, 0],
    [1, 0],
  ]);
  const wrong: readonly (readonly [string, Distribution, readonly unknown[]])[] = [
    ['a probability', bernoulli({ probs: at(1.1) }), ['Bernoulli', 'probs', Math.fround(1.1)]],
    ['logits', bernoulli({ logits: at(Infinity) }), ['Bernoulli', 'logits', Infinity]],
    ['weights', categorical({ probs: at([0, 0]) }), ['Categorical', 'probs', 0]],
    [
      'log weights',
      oneHotCategorical({ logits: at([0, NaN]) }),
      ['OneHotCategorical', 'logits', NaN],
    ],
    ['the width of an interval', uniform(0, at([1, 0])), ['Uniform', 'high - low', 0]],
    ['shares', dirichlet(at([1, 0])), ['Dirichlet', 'concentration', 0]],
    ['a share', beta(1, at(-1)), ['Beta', 'concentration0', -1]],
    ['degrees of freedom', studentT(at(0), 0, 1), ['StudentT', 'df', 0]],
    ['a rate', exponential(at(-2)), ['Exponential', 'rate', -2]],
    ['a point', delta(at(-1), { support: positive }), ['Delta', 'value', -1]],
    [
      'a diagonal',
      multivariateNormal([0, 0], { scaleTril: lower }),
      ['MultivariateNormal', 'scaleTril', 0],
    ],
    [
      'a covariance',
      multivariateNormal([0, 0], {
        covariance: [
          [1, 2],
          [2, 1],
        ],
      }),
      ['MultivariateNormal', 'the Cholesky factor of covariance', NaN],
    ],
    [
      'the inside of an array that is mapped',
      transformed(independent(expand(normal(0, at([1, -1])), [3, 2])), bijectors.exp),
      ['Normal', 'scale', -1],
    ],
    [
      'a component',
      mixture(categorical({ logits: [0, 0] }), gamma(1, at([2, -3]))),
      ['Gamma', 'rate', -3],
    ],
    [
      'what classes weigh',
      mixture(categorical({ probs: at([-1, 2]) }), normal([0, 1], 1)),
      ['Categorical', 'probs', -1],
    ],
  ];
  it.each(wrong)('%s', (_, d, expected) => expect(argument(d)).toEqual(expected));

  it('lets edges and rounding pass', () => {
    for (const d of [
      bernoulli({ probs: at([0, 1, 1 + 1e-6, -1e-6]) }),
      categorical({ probs: at([0, 2]) }),
      categorical({ logits: at([-Infinity, 3]) }),
      delta(at(0), { support: positive }),
      multivariateNormal([0, 0], { logScale: at([-9, 0]), lower: at([-1]) }),
    ]) {
      expect(argument(d)).toBeUndefined();
    }
  });

  it('does not judge what is masked everywhere that it counts', () => {
    const scale = at([1, -1]);
    expect(argument(mask(normal(0, scale), [1, 0]))).toBeUndefined();
    expect(argument(mask(normal(0, scale), [0, 1]))).toEqual(['Normal', 'scale', -1]);
    expect(argument(mask(normal([0, 0], at(-1)), [0, 1]))).toEqual(['Normal', 'scale', -1]);
    expect(argument(mask(normal([0, 0], at(-1)), [0, 0]))).toBeUndefined();
    const rows = independent(
      normal(
        at([
          [0, 1],
          [NaN, 1],
        ]),
        1,
      ),
    );
    expect(argument(mask(rows, [1, 0]))).toBeUndefined();
    expect(argument(mask(rows, [0, 1]))).toEqual(['Normal', 'loc', NaN]);
    expect(argument(mask(mask(rows, [0, 1]), [1, 0]))).toBeUndefined();
    expect(argument(independent(mask(normal(0, scale), [1, 0])))).toBeUndefined();
    const classes = mask(
      categorical({
        probs: at([
          [1, 1],
          [0, 0],
        ]),
      }),
      [1, 0],
    );
    expect(argument(classes)).toBeUndefined();
    expect(
      argument(
        mask(
          mixture(
            categorical({ probs: [1, 1] }),
            normal(
              at([
                [0, 0],
                [0, NaN],
              ]),
              1,
            ),
          ),
          [1, 0],
        ),
      ),
    ).toBeUndefined();
  });

  it('judges values where they count', () => {
    const value = (d: Distribution, x: Tensor) => invalidValue(d, x)?.outside;
    const bits = bernoulli({ probs: 0.5 });
    expect(value(bits, at([0, 0.25, 1]))).toBeUndefined();
    expect(value(bits, at([0, 2]))).toEqual({ value: 2, index: [1] });
    expect(value(categorical({ logits: [0, 0, 0] }), at([2, 7]))?.value).toBe(7);
    expect(value(categorical({ logits: [0, 0] }), at(0.5))?.value).toBe(0.5);
    expect(value(oneHotCategorical({ logits: [0, 0] }), at([0.5, 0.5]))).toBeUndefined();
    expect(value(oneHotCategorical({ logits: [0, 0] }), at([1, 1]))?.of).toBe('a sum of');
    expect(value(gamma(1, 1), at([0, -1]))?.index).toEqual([1]);
    expect(value(uniform(0, 0.7), at([0, 0.7]))).toBeUndefined();
    expect(value(uniform(0, 0.7), at(0.71))?.index).toEqual([]);
    expect(value(uniform(0, at(0.7)), at(0.71))).toBeUndefined();
    expect(
      value(
        dirichlet([1, 1]),
        at([
          [0, 1],
          [0.5, 0.6],
        ]),
      ),
    ).toMatchObject({ of: 'a sum of', index: [1] });
    expect(value(normal(0, 1), at([0, NaN]))?.value).toBeNaN();
    expect(value(mask(normal(0, 1), [1, 0]), at([0, NaN]))).toBeUndefined();
    expect(value(independent(mask(normal([0, 0], 1), [1, 0])), at([0, NaN]))).toBeUndefined();
    expect(value(transformed(normal(0, 1), bijectors.exp), at(-1))?.value).toBe(-1);
    expect(
      value(mixture(categorical({ logits: [0, 0] }), bernoulli({ probs: [0, 1] })), at(0.5)),
    ).toBeUndefined();
    const part = mixture(categorical({ logits: [0, 0] }), mask(gamma([1, 2], 1), [1, 0]));
    expect(value(part, at(-1))).toBeUndefined();
  });
});

/** A coin whose chance nobody keeps between 0 and 1. */
const forgotten = (heads: Tensor) =>
  program(function* () {
    const chance = yield* param('chance', 0.5);
    yield* plate('data', 2, observe('x', bernoulli({ probs: chance }), heads));
  });
const inference = svi({
  model: forgotten,
  guide: () => of({}),
  objective: elbo(),
  optimizer: adam(0.1),
});
const [ones, far] = [tf.ones([2]), { chance: tf.scalar(1.5) }];
const complaint = /site 'x'.*probs of Bernoulli.*from 0 to 1, but got 1.5.*unitInterval/;

describe('a program is judged where it is run', () => {
  const model = forgotten(ones);
  const prior = (probs: number) => sample('x', bernoulli({ probs: tf.scalar(probs) }));
  const entries: readonly (readonly [string, (params: Params) => unknown])[] = [
    ['logDensity', (params) => logDensity(model, { params })],
    ['trace', (params) => trace(model, { params })],
    ['simulate', (params) => simulate(model, { params })],
    ['replay', (params) => replay(model, trace(model, {}), { params })],
    ['enumerate', (params) => enumerate(model, { params }).logEvidence],
    ['predictive', (params) => predictive(model, { params, key: key(0), samples: 2 })],
    ['init', (params) => freeState(inference.init(key(0), ones, params))],
  ];
  it.each(entries)('%s', (_, run) => {
    run({});
    expect(() => run(far)).toThrow(complaint);
  });

  it('evidence and its bracket, at the first of its draws alone', async () => {
    const options = { key: key(0), samples: 4, chunk: 1 };
    await expect(evidence(model, of({}), { ...options, params: far })).rejects.toThrow(complaint);
    const bracket = evidence.bracket(model, of({}), { ...options, params: far });
    await expect(bracket).rejects.toThrow(complaint);
    const read = vi.spyOn(tf.Tensor.prototype, 'dataSync');
    const reads = async (samples: number): Promise<number> => {
      read.mockClear();
      await evidence(model, of({}), { ...options, params: { chance: tf.scalar(0.5) }, samples });
      return read.mock.calls.length;
    };
    expect(await reads(9)).toBe(await reads(2));
    read.mockRestore();
  });

  it('draws that are hidden, and those of a guide', () => {
    expect(() => simulate(block(prior(2), ['x']), { key: key(0) })).toThrow(/probs of Bernoulli/);
    const guide: Program<unknown, unknown> = prior(2);
    const run = () => predictive(prior(0.5), { guide, key: key(0), samples: 2 });
    expect(run).toThrow(/probs of Bernoulli/);
  });

  it('but not in a step, which reads nothing, nor where a graph is made', () => {
    const state = inference.init(key(0), ones);
    const wrong = { ...state, params: far };
    const read = vi.spyOn(tf.Tensor.prototype, 'dataSync');
    const [next, metrics] = inference.step(wrong, ones);
    expect(read).not.toHaveBeenCalled();
    read.mockRestore();
    freeState(next);
    tf.dispose([metrics.loss, state.params]);
    const graph = graphOf(
      ({ probs = ones }) => ({
        y: logDensity(observe('x', bernoulli({ probs }), 1), {}),
        z: simulate(param('z', 1, { support: positive }), {}),
      }),
      { probs: tf.scalar(0.5) },
    );
    expect(graph).toMatchObject({ _tag: 'Right' });
  });

  it('lint finds it where training has gone', () => {
    const at = (chance: number) =>
      lint(forgotten(ones), of({}), elbo(), { params: { chance: tf.scalar(chance) } });
    expect(at(0.5)).toEqual([]);
    expect(at(1.5)).toMatchObject([
      {
        rule: 'invalidArgument',
        severity: 'error',
        site: "site 'x'",
        found:
          "the model expects probs of Bernoulli to be from 0 to 1, but got 1.5, computed from 'chance'",
      },
    ]);
    const hidden = block(sample('z', normal(0, tf.scalar(-1))), ['z']);
    expect(lint(hidden, of({}), elbo()).map((f) => f.rule)).toContain('invalidArgument');
  });
});

describe('observations are judged with the program', () => {
  it('by site, what is expected, the first that is wrong and where', () => {
    const seen = (d: Distribution, x: readonly number[]) => () =>
      logDensity(plate('data', x.length, observe('x', d, x)), {});
    expect(seen(categorical({ logits: [0, 0, 0] }), [0, 7, 8])).toThrow(
      "site 'x': expected observations of Categorical, each a whole number from 0 to 2, but got 7 at [1]. Mend the data, mask",
    );
    expect(seen(gamma(1, 1), [-1])).toThrow(/nonnegative, but got -1 at \[0\]/);
    expect(seen(bernoulli({ probs: 0.5 }), [0, 2])).toThrow(/from 0 to 1, but got 2 at \[1\]/);
    expect(() => inference.init(key(0), tf.tensor1d([1, NaN]))).toThrow(
      /site 'x' of the model: expected observations.*NaN at \[1\]/,
    );
  });

  it('but not values that are tried, which have log probability −∞', () => {
    const tried = logDensity(sample('z', gamma(1, 1)), { values: { z: -1 } });
    expect(tried.dataSync()[0]).toBe(-Infinity);
  });
});

describe('an initial value lies inside its support', () => {
  it.each([
    ['below a half line', param('s', -1, { support: positive }), /positive.*got -1/],
    ['at its edge', param('s', 0, { support: positive }), /param 's'.*positive.*got 0\. Start/],
    ['at the edge that belongs to it', param('s', 0, { support: nonnegative }), /got 0\./],
    ['beyond an interval', param('s', [0.5, 1.5], { support: unitInterval }), /got 1.5 at \[1\]/],
    ['at its end', param('s', 2, { support: interval(0, 2) }), /strictly between 0 and 2/],
    ['no shares', param('s', [0.5, 0.6], { support: simplex }), /a sum of 1.1/],
    [
      'no factor',
      param(
        's',
        [
          [1, 1],
          [0, 1],
        ],
        { support: lowerCholesky },
      ),
      /got 1 at \[0, 1\]/,
    ],
    ['no number', param('s', NaN), /finite.*NaN/],
  ])('%s', (_, program_, message) => {
    expect(() => simulate(program_, {})).toThrow(message);
  });
});
