/** What the language is made with: what is unknown, missing or out of range is an error that names it. */
import * as tf from '@tensorflow/tfjs';
import {
  bernoulli,
  bijectors,
  categorical,
  delta,
  deterministic,
  expand,
  factor,
  key,
  multivariateNormal,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  simulate,
  trace,
  uniform,
} from 'marginalia';
import { integers, interval, oneHotCategorical } from 'marginalia/distributions';
import { dense, mlp, network } from 'marginalia/nn';
import { blackBox } from 'marginalia/tensors';
import { describe, expect, it } from 'vitest';

/** Options that the compiler would refuse, as JavaScript gives them. */
const untyped = (options: unknown): never => JSON.parse(JSON.stringify(options)) as never;

const z = sample('z', normal(0, 1));

describe('the language refuses', () => {
  it.each([
    ['a shape that is not whole', () => expand(normal(0, 1), [1.5]), /whole numbers.*\[1\.5\]/],
    ['a negative shape', () => expand(normal(0, 1), [-2]), /whole numbers.*\[-2\]/],
    ['no shape', () => expand(normal(0, 1), untyped(3)), /whole numbers.*got 3/],
    ['no classes', () => categorical({ probs: [] }), /one number a class.*got none/],
    ['no one-hot classes', () => oneHotCategorical({ logits: [] }), /one number a class.*got none/],
    ['no chances', () => categorical(untyped({})), /\{ probs \} or \{ logits \}/],
    ['both chances', () => bernoulli(untyped({ probs: 0.5, logits: 0 })), /got both/],
    ['chances misspelt', () => bernoulli(untyped({ prob: 0.5 })), /the fields prob/],
    ['more than chances', () => bernoulli(untyped({ probs: 0.5, foo: 1 })), /'foo'/],
    [
      'a covariance that is not symmetric',
      () => multivariateNormal([0, 0], { covariance: [[2, 1], [0, 2]] }), // prettier-ignore
      /asymmetry of covariance.*0\.5 at \[0, 1\]/,
    ],
    [
      'a covariance that is not square',
      () => multivariateNormal([0, 0], { covariance: [[1, 0]] }),
      /\[\.\.\., 2, 2\]/,
    ],
    ['no covariance', () => multivariateNormal([0, 0], untyped({})), /got none/],
    [
      'two covariances',
      () => multivariateNormal([0], untyped({ covariance: [[1]], scaleTril: [[1]] })),
      /scaleTril and covariance/,
    ],
    [
      'a covariance misspelt',
      () => multivariateNormal([0], untyped({ covarience: [[1]] })),
      /write 'covariance'/,
    ],
    ['bounds in the wrong order', () => uniform(1, 0), /high - low.*got -1/],
    [
      'a map that cannot be inverted',
      () => bijectors.affine(0, [1, 0]),
      /affine.*not 0, but got 0/,
    ],
    ['an interval upside down', () => interval(1, 0), /low < high/],
    ['integers upside down', () => integers(3, 1), /low at most high/],
    ['host code without a shape', () => blackBox(() => 0, untyped({})), /shape to be a shape/],
    ['host code of a shape misspelt', () => blackBox(() => 0, untyped({ shap: [] })), /'shape'/],
    ['a point without its support', () => delta(1, untyped({ suport: 1 })), /write 'support'/],
    ['a support that is none', () => param('w', 1, untyped({ support: 1 })), /a support/],
    ['an option of a param', () => param('w', 1, untyped({ supports: 1 })), /write 'support'/],
    ['a plate of a part', () => plate('p', 1.5, z), /a size of at least 1/],
    ['a plate of no number', () => plate('p', Number.NaN, z), /a size of at least 1/],
    ['a plate misspelt', () => plate('p', untyped({ size: 2, sub: 1 }), z), /'sub'/],
    ['a layer of fewer than nothing', () => dense('d', { units: -1 }), /dense 'd'.*units.*got -1/],
    ['a layer without units', () => dense('d', untyped({})), /units/],
    ['an activation', () => dense('d', { units: 1, activation: untyped('rleu') }), /'rleu'/],
    ['a bias', () => dense('d', { units: 1, bias: untyped(true) }), /bias/],
    ['a hidden layer of nothing', () => mlp('m', { hidden: [0] }), /mlp 'm'.*hidden.*\[0\]/],
    ['hidden layers that are none', () => mlp('m', untyped({ hidden: 3 })), /hidden/],
    ['an output of nothing', () => mlp('m', { hidden: [], out: 0 }), /out/],
    ['units for out', () => mlp('m', untyped({ hidden: [], units: 2 })), /'units'/],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });

  it('empty names, of every kind', () => {
    const made = [
      () => sample('', normal(0, 1)),
      () => observe('', normal(0, 1), 0),
      () => deterministic('', 1),
      () => factor('', 1),
      () => param('', 1),
      () => plate('', 2, z),
      () => dense('', { units: 1 }),
      () => mlp('', { hidden: [1] }),
      () => network('', { w: 1 }, ({ w }) => w),
      () => sample(untyped(3), normal(0, 1)),
    ];
    for (const make of made) expect(make).toThrow(/a name that is a text and not empty/);
  });

  it('a name that is there twice, of whatever kinds', () => {
    const twice = program(function* () {
      yield* sample('z', normal(0, 1));
      yield* deterministic('z', 1);
    });
    expect(() => trace(twice, { key: key(0) })).toThrow(/one site of this name/);
  });

  it('a covariance in a tensor that is not symmetric, where it is run', () => {
    const law = multivariateNormal(tf.zeros([2]), {
      covariance: tf.tensor2d([[2, 0], [1, 2]]), // prettier-ignore
    });
    expect(() => simulate(sample('z', law), { key: key(0) })).toThrow(/asymmetry of covariance/);
  });

  it('nothing that rounding leaves', () => {
    const rounded = [[1e-6, 3.00001e-4], [3e-4, 1]]; // prettier-ignore
    expect(() => multivariateNormal([0, 0], { covariance: rounded })).not.toThrow();
    const given = multivariateNormal(tf.zeros([2]), { covariance: tf.tensor2d(rounded) });
    expect(simulate(sample('z', given), { key: key(0) }).shape).toEqual([2]);
  });
});
