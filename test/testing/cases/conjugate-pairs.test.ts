/** Conjugate pairs know their answers: held against quadrature of their own programs' densities. */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { logDensity } from 'marginalia';
import {
  type BoundCase,
  type ConjugatePairOptions,
  checkExactGuide,
  checkMinibatches,
  conjugatePairFromSketch,
  conjugatePairs,
} from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

const sampled = (options: ConjugatePairOptions, numRuns: number, seed: number) =>
  fc.sample(conjugatePairs(options), { numRuns, seed });

/** log p of a program at each z of a grid. */
const onGrid = (program: BoundCase['model'], zs: readonly number[]): readonly number[] =>
  zs.map((z) => {
    const found = logDensity(program, { values: { z } });
    const [logProb = Number.NaN] = found.dataSync();
    found.dispose();
    return logProb;
  });

describe('conjugatePairs', () => {
  it.each([
    ['normal' as const, -6, 6],
    ['beta' as const, 0, 1],
    ['gamma' as const, 0, 8],
  ])('%s: evidence, posterior and gap are those of a grid', (family, low, high) => {
    const pairs = sampled(
      { families: [family], groups: 0, data: 3, gap: { min: 0.5, max: 2 } },
      80,
      3,
    );
    const [pair] = pairs.filter(
      ({ features }) => features.includes('factor') && features.includes('mask'),
    );
    if (pair === undefined) throw new Error('There is no such pair.');
    const PLACES = 100;
    const width = (high - low) / PLACES;
    const zs = Array.from({ length: PLACES }, (_, i) => low + (i + 0.5) * width);
    const joint = onGrid(pair.model, zs);
    const guide = onGrid(pair.guide, zs);
    const posterior = onGrid(pair.posterior, zs);
    const evidence = joint.reduce((sum, l) => sum + width * Math.exp(l), 0);
    const gap = guide.reduce(
      (sum, q, i) => sum + width * Math.exp(q) * (q - (posterior[i] ?? Number.NaN)),
      0,
    );
    expect(Math.log(evidence)).toBeCloseTo(pair.logEvidence, 2);
    expect(gap).toBeCloseTo(pair.gap, 1);
  });

  it('has the gap that is asked for', () => {
    for (const gap of [0.05, 1, 10]) {
      for (const pair of sampled({ gap }, 50, 2)) expect(pair.gap).toBeCloseTo(gap, 4);
    }
  });

  it('has evidence and posterior by the exact law, in every structure, with rows that average', () => {
    const pairs = sampled({ masked: 3 }, 60, 5);
    const plates = ['nested plates', 'mask', 'factor'] as const;
    for (const feature of plates) {
      const [pair] = pairs.filter(
        ({ features, rows }) => features.includes(feature) && rows !== undefined,
      );
      if (pair?.rows === undefined) throw new Error(`There is no pair with ${feature}.`);
      const { model, posterior, logEvidence, rows } = pair;
      checkExactGuide({ model, guide: posterior, logEvidence });
      checkMinibatches({ ...rows });
      tf.tidy(() => {
        const every = tf.range(0, rows.size, 1, 'int32');
        checkExactGuide({ model: rows.model(every), guide: rows.posterior(every), logEvidence });
      });
    }
  });

  it('masks what it is told to', () => {
    for (const pair of sampled({ masked: 0 }, 2, 8)) {
      const all = Array.from({ length: pair.observations }, () => false);
      const none = pair.masked(all);
      expect(none.features).toContain('mask');
      if (!pair.features.includes('factor')) expect(none.logEvidence).toBeCloseTo(0, 10);
      expect(pair.masked(all.map(() => true)).logEvidence).toBe(pair.logEvidence);
      checkExactGuide({ ...none, guide: none.posterior });
    }
  });

  it('is made again from its sketch, and from no other', () => {
    const [pair] = sampled({}, 1, 9);
    if (pair === undefined) throw new Error('There is no pair.');
    const again = conjugatePairFromSketch(JSON.parse(JSON.stringify(pair.recipe.sketch)));
    expect([again.label, again.logEvidence, again.gap]).toEqual([
      pair.label,
      pair.logEvidence,
      pair.gap,
    ]);
    expect(() => conjugatePairFromSketch({ family: 'cauchy' })).toThrow(
      /^conjugatePairs: expected the sketch/,
    );
  });
});
