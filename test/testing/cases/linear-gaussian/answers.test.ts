/**
 * The answers of linear-Gaussian cases, in double precision, against each other and against the engine in
 * float32, also where latent numbers are correlated by 0.99 and the guide lies 60 nats away. No chance.
 */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { elbo } from 'marginalia';
import {
  type LinearGaussian,
  type LinearNetwork,
  type LinearNode,
  checkExactGuide,
  checkMinibatches,
  exactElbo,
  exactPosterior,
  linearGaussian,
  networkGaussian,
  posteriorNetwork,
  sigmaPoints,
} from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { largestCorrelation } from '../../../../src/testing/cases/linear-gaussian/exact/gaussian.js';
import { guideLaw } from '../../../../src/testing/cases/linear-gaussian/exact/exact-inference.js';
import {
  SHARPEST,
  coupled,
  sharpness,
} from '../../../../src/testing/cases/linear-gaussian/sketch/coupled.js';
import { paramsOf } from '../../../../src/testing/law/inference.js';
import { estimateAt } from '../../../bounds/estimate-at.js';

const hard = linearGaussian({ correlation: 0.99, gap: { min: 0.01, max: 60 } });

const deep = linearGaussian({
  inside: { min: 3, max: 4 },
  plates: { min: 2, max: 3 },
  layouts: ['nested', 'crossed'],
  elements: { min: 2, max: 3 },
  entries: 1,
});

const sizeOf = ({ offsets }: LinearNode): number => offsets[0]?.length ?? 0;

const pointsFor = ({ nodes }: LinearNetwork): ReturnType<typeof sigmaPoints> =>
  sigmaPoints(nodes.map((n) => ({ site: n.name, size: sizeOf(n) })));

const sample = (
  arbitrary: fc.Arbitrary<LinearGaussian>,
  numRuns: number,
): readonly LinearGaussian[] => fc.sample(arbitrary, { numRuns, seed: 11 });

const near = (found: number, exact: number, tolerance: number, of: string): void =>
  expect(Math.abs(found - exact), of).toBeLessThan(tolerance * Math.max(1, Math.abs(exact)));

describe('in double precision', () => {
  it.each([
    ['by default', linearGaussian()],
    ['where they are hard', hard],
  ])('evidence, bound, gap and posterior agree %s', (_, arbitrary) => {
    for (const c of sample(arbitrary, 15)) {
      near(c.logEvidence - c.guideElbo, c.gap, 1e-9, c.label);
      near(exactElbo(c.network, c.posteriorNetwork), c.logEvidence, 1e-9, c.label);
      const law = guideLaw(c.posteriorNetwork, c.latents);
      c.posteriorLaw.mean.forEach((m, i) => near(law.mean[i] ?? NaN, m, 1e-9, c.label));
      c.posteriorLaw.covariance.forEach((row, i) =>
        row.forEach((x, j) => near(law.covariance[i]?.[j] ?? NaN, x, 1e-9, c.label)),
      );
    }
  });

  it('ties end where numbers would not keep their digits in float32', () => {
    const node = (name: string, offset: number, scale: number): LinearNode => ({
      name,
      form: 'scalar',
      plates: [],
      parents: {},
      offsets: [[offset]],
      scaleTrils: [[[scale]]],
      role: { kind: 'latent' },
    });
    const network = (offset: number): LinearNetwork => ({
      plates: [],
      nodes: [node('a', offset, 0.5), { ...node('b', 0, 1), parents: { a: [[[0.5]]] } }],
    });
    const correlationOf = (n: LinearNetwork): number =>
      largestCorrelation(networkGaussian(n).covariance);
    expect(correlationOf(coupled(network(0), 0.99))).toBeCloseTo(0.99, 2);
    const far = coupled(network(20), 0.99);
    expect(Math.abs(sharpness(far) - SHARPEST)).toBeLessThan(2);
    expect(correlationOf(far)).toBeLessThan(0.98);
    expect(correlationOf(far)).toBeGreaterThan(0.9);
    const found = sample(hard, 12).map((c) => sharpness(c.network));
    expect(Math.max(...found)).toBeLessThan(SHARPEST + 2);
  });

  it('a factor and a mask count as on paper', () => {
    // z ~ N(0, 1), a factor −½ (z − 2)², x ~ N(z, 1) at 1 and at 5, the second masked.
    const normal = (name: string, parents: LinearNode['parents']): LinearNode => ({
      name,
      form: 'scalar',
      plates: [],
      parents,
      offsets: [[0]],
      scaleTrils: [[[1]]],
      role: { kind: 'latent' },
    });
    const onZ = { z: [[[1]]] };
    const network: LinearNetwork = {
      plates: [{ name: 'i', size: 2 }],
      nodes: [
        normal('z', {}),
        { ...normal('f', onZ), role: { kind: 'factor', values: [[2]] } },
        {
          ...normal('x', onZ),
          plates: ['i'],
          role: { kind: 'observed', values: [[1], [5]], kept: [true, false] },
        },
      ],
    };
    const { posterior, logEvidence } = exactPosterior(network);
    expect(posterior.mean[0]).toBeCloseTo(1, 12);
    expect(posterior.covariance[0]?.[0]).toBeCloseTo(1 / 3, 12);
    // ∫ N(z; 0, 1) N(1; z, 1) exp(−½ (z − 2)²) dz = exp(−1) / √(2π 3).
    expect(logEvidence).toBeCloseTo(-1 - 0.5 * Math.log(6 * Math.PI), 12);
  });

  it('refuses a posterior whose plates have dependent elements', () => {
    const plated = (name: string, plates: readonly string[]): LinearNode => ({
      name,
      form: 'scalar',
      plates,
      parents: {},
      offsets: [[0]],
      scaleTrils: [[[1]]],
      role: { kind: 'latent' },
    });
    const crossed: LinearNetwork = {
      plates: [
        { name: 'i', size: 2, axis: -1 },
        { name: 'j', size: 2, axis: -2 },
      ],
      nodes: [
        plated('a', ['i']),
        plated('b', ['j']),
        {
          ...plated('x', ['i', 'j']),
          parents: { a: [[[1]]], b: [[[1]]] },
          role: { kind: 'observed', values: [[1], [0], [2], [1]] },
        },
      ],
    };
    expect(networkGaussian(crossed).mean).toHaveLength(8);
    expect(() => posteriorNetwork(crossed, ['a', 'b'])).toThrow(
      /^posteriorNetwork: expected elements of a plate to be independent .* observe the sites of one of two plates that cross\.$/,
    );
  });
});

describe('in the engine', () => {
  it.each([
    ['by default', linearGaussian(), 10],
    ['where they are hard', hard, 10],
    ['where plates are deep', deep, 6],
  ])('the bound at sigma points is the exact one %s', (_, arbitrary, runs) => {
    for (const { label, model, guide, guideNetwork, guideElbo } of sample(arbitrary, runs)) {
      const { particles, noise } = pointsFor(guideNetwork);
      const params = paramsOf(model, guide);
      const { value } = estimateAt(model, guide, elbo({ particles }), { noise, params });
      near(value, guideElbo, 1e-4, label);
      tf.dispose(params);
    }
  });

  it.each([
    ['by default', linearGaussian()],
    ['where they are hard', hard],
  ])('the posterior has a constant weight, also of some rows %s', (_, arbitrary) => {
    for (const c of sample(arbitrary, 4)) {
      checkExactGuide({ ...c, guide: c.posterior });
      if (c.rows === undefined) continue;
      const { label, rows } = c;
      checkMinibatches({ ...rows, label });
      checkMinibatches({ ...rows, guide: rows.posterior, label });
    }
  });
});
