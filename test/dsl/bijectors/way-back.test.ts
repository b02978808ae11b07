/** Bijectors that know their inverse and its determinant by one way back. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, bijectors, independent, item, normal, transformed } from 'marginalia';
import type { Bijector } from 'marginalia/distributions';
import { checkBijector } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

const { affine, compose, exp, invert, permute, reverse, softplus, stickBreaking } = bijectors;
const vector = { shape: [2, 3], values: [-1, 0.2, 1.4, 0.7, -0.6, 2] };

describe('the laws hold', () => {
  const turned = invert(compose(permute([1, 2, 0]), affine([1, 2, 3], -2)));
  const made: readonly (readonly [string, () => Bijector])[] = [
    ['numbers', () => compose(affine(0.3, -0.5), affine(1, 2), softplus)],
    ['vectors after numbers', () => compose(affine([1, 0, -1], 0.7), stickBreaking)],
    ['numbers after vectors', () => compose(permute([2, 0, 1]), exp)],
    ['the reverse', () => reverse],
    ['the other way of a composition', () => turned],
    ['a composition with one', () => compose(reverse, turned, reverse)],
  ];
  it.each(made)('for %s', (label, make) => checkBijector(make, vector, { label }));
});

describe('the way back with its determinant', () => {
  const wrong: readonly (readonly [string, (y: Tensor) => readonly [Tensor, Tensor]])[] = [
    ['inverse(forward(x)) = x', (y) => [tf.add(y, 0.1), tf.zerosLike(tf.sum(y, -1))]],
    ['logAbsDetJacobian is log |det ∂forward/∂x|', (y) => [reverse.inverse(y), tf.sum(y, -1)]],
  ];
  it.each(wrong)('is held to %s', (law, inverseAndLogDet) => {
    expect(() => checkBijector(() => ({ ...reverse, inverseAndLogDet }), vector)).toThrow(
      `The law '${law}' is broken by reverse`,
    );
  });

  it('is what densities of given values are taken by', () => {
    const map: Bijector<typeof reverse.codomain> = {
      ...reverse,
      inverse: (y) => tf.mul(y, Number.NaN),
      inverseAndLogDet: (y) => [tf.reverse(y, 0), tf.scalar(2)],
    };
    const law = transformed(independent(normal([0, 1], 1)), map);
    expect(item(law.logProb(tf.tensor1d([1, 0])))).toBeCloseTo(-Math.log(2 * Math.PI) - 2, 5);
  });
});

describe('maps of vectors', () => {
  it('move the rows of a matrix, which is an event of two axes', () => {
    const base = independent(normal(tf.zeros([3, 2]), 1), 2);
    const law = transformed(base, compose(permute([1, 0]), exp));
    expect(law.support.eventRank).toBe(2);
    const one = -0.5 * Math.log(2) ** 2 - 0.5 * Math.log(2 * Math.PI) - Math.log(2);
    expect(item(law.logProb(tf.fill([3, 2], 2)))).toBeCloseTo(6 * one, 4);
  });
});
