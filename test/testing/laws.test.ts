/** The laws of `marginalia/testing` have teeth: each is broken once, and says so by its name. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Tensor,
  bernoulli,
  categorical,
  independent,
  multivariateNormal,
  normal,
  stopGradient,
  uniform,
} from 'marginalia';
import type { Preimage } from 'marginalia/distributions';
import { choose, greater } from 'marginalia/tensors';
import { caseOf, checkDistribution, checkDistributionCase } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

describe('the laws notice', () => {
  const base = () => normal(tf.tensor1d([0, 1]), 1);
  const shifted = (by: number) => ({
    ...base(),
    logProb: (v: Tensor) => tf.add(base().logProb(v), by),
  });
  const broken: readonly (readonly [string, () => ReturnType<typeof base>])[] = [
    ['shapes', () => ({ ...base(), batchShape: [2, 1] })],
    ['shapes', () => ({ ...base(), mean: () => tf.scalar(0) })],
    [
      'log p of a draw is log p at its value',
      () => {
        const d = base();
        return {
          ...d,
          logProb: (v: Tensor, x?: Preimage) => tf.add(d.logProb(v), x ? 0.01 : 0),
        };
      },
    ],
    ['the density integrates to 1', () => shifted(0.01)],
    [
      'draws follow the density',
      () => ({ ...base(), sampler: normal(tf.tensor1d([0, 1]), 1.15).sampler }),
    ],
    ['mean', () => ({ ...base(), mean: () => tf.tensor1d([0.01, 1]) })],
    ['variance', () => ({ ...base(), variance: () => tf.tensor1d([1, 1.01]) })],
    [
      'distribution function',
      () => ({ ...base(), cdf: (z: Tensor) => normal(tf.tensor1d([0, 1]), 1.05).cdf?.(z) ?? z }),
    ],
    [
      'distribution function',
      () => ({ ...base(), cdf: (z: Tensor) => stopGradient(base().cdf?.(z) ?? z) }),
    ],
    [
      'distribution function',
      () => ({ ...base(), logSurvival: (z: Tensor) => base().logCdf?.(z) ?? z }),
    ],
    [
      'quantile function',
      () => ({ ...base(), icdf: (u: Tensor) => normal(0, 1.05).icdf?.(u) ?? u }),
    ],
    ['entropy', () => ({ ...base(), entropy: () => tf.tensor1d([1.42, 1.43]) })],
  ];
  it.each(broken)('%s', (law, make) => {
    expect(() => checkDistribution(make)).toThrow(`The law '${law}' is broken by Normal`);
  });

  /** The law of one distribution with the draws of another. */
  const drawnFrom = (law: Distribution, { sampler }: Distribution): Distribution => ({
    ...law,
    sampler,
  });
  const strangers: readonly (readonly [string, () => Distribution])[] = [
    ['a number', () => drawnFrom(normal(0, 1), normal(0.15, 1))],
    [
      'a number whose distribution function has the right moments',
      () => {
        const d = normal(0, 1);
        const draw = ([e = tf.scalar(0)]: readonly Tensor[]) => ({
          value: choose(greater(tf.abs(e), tf.scalar(2.2)), e, tf.mul(tf.sign(e), 0.775)),
        });
        return drawnFrom(d, { ...d, sampler: { ...d.sampler, draw } });
      },
    ],
    ['a bit', () => drawnFrom(bernoulli({ probs: 0.5 }), bernoulli({ probs: 0.57 }))],
    ['a class', () => drawnFrom(categorical({ probs: [1, 1] }), categorical({ probs: [3, 4] }))],
    [
      'two bits that depend on each other',
      () => {
        const d = independent(bernoulli({ probs: [0.5, 0.5] }));
        const draw = ([u = tf.scalar(0)]: readonly Tensor[]) =>
          d.sampler.draw([tf.gather(u, tf.tensor1d([0, 0], 'int32'), u.rank - 1)]);
        return drawnFrom(d, { ...d, sampler: { ...d.sampler, draw } });
      },
    ],
    [
      'a vector with another correlation',
      () =>
        drawnFrom(
          multivariateNormal([0, 0], {
            covariance: [
              [1, 0.3],
              [0.3, 1],
            ],
          }),
          multivariateNormal([0, 0], {
            covariance: [
              [1, -0.3],
              [-0.3, 1],
            ],
          }),
        ),
    ],
  ];
  it.each(strangers)('draws that do not follow the density, of %s', (_, make) => {
    expect(() => checkDistribution(make)).toThrow("The law 'draws follow the density' is broken");
  });

  it('a listed value that is missing, repeated or outside', () => {
    const d = bernoulli({ probs: 0.3 });
    const listing = (values: number[]) => () => ({
      ...d,
      sampler: {
        ...d.sampler,
        enumeration: { count: values.length, values: () => tf.tensor1d(values) },
      },
    });
    for (const values of [[0], [0, 0], [0, 1, 2]]) {
      expect(() => checkDistribution(listing(values))).toThrow(
        'the listed values cover the support',
      );
    }
  });

  it('a draw outside the support, and a gradient that is not the derivative', () => {
    const outside = { ...uniform(0, 1), sampler: uniform(0, 1.5).sampler };
    expect(() => checkDistribution(() => outside)).toThrow('draws lie in the support');
    const from = ([loc = tf.scalar(0)]: readonly Tensor[]) => normal(tf.clone(loc), 1);
    const cut = ([loc = tf.scalar(0)]: readonly Tensor[]) => {
      const d = from([loc]);
      const held = stopGradient(loc);
      return { ...d, sampler: { ...d.sampler, draw: normal(held, 1).sampler.draw } };
    };
    const parameters = [{ shape: [2], values: [0, 1] }];
    expect(() => checkDistributionCase(caseOf('cut', parameters, cut))).toThrow(
      'pathwise gradient',
    );
  });
});
