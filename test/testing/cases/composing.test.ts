/** Generators that change the cases of others: what they make is as exact as what they are given. */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { key, trace } from 'marginalia';
import {
  type BoundCase,
  boundCases,
  checkExactGuide,
  checkMinibatches,
  checkParticles,
  checkSupports,
  conjugatePairs,
  coverageOf,
  covering,
  discreteGraphs,
  factorFromSketch,
  linearGaussian,
  maskedFromSketch,
  property,
  showCase,
  showCoverage,
  withFactor,
  withMask,
  withNetwork,
  withParticles,
  withSubsample,
} from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { fromRecipe, ownGenerators } from '../../../src/testing/cases/recipes.js';

const small: fc.Arbitrary<BoundCase> = fc.oneof(
  conjugatePairs({ groups: 2, data: 3 }),
  discreteGraphs({ outside: 1, inside: 1, elements: 2, cells: 0 }),
  linearGaussian({ outside: 1, inside: 1, elements: 2 }),
);
const maskable = conjugatePairs({ groups: 2, data: 3, masked: 0 });

const sampled = <C>(cases: fc.Arbitrary<C>, numRuns: number, seed: number): readonly C[] =>
  fc.sample(cases, { numRuns, seed });

/** log q of a guide's own draws. */
const logGuide = ({ guide }: BoundCase): number =>
  tf.tidy(() => trace(guide, { key: key(3) }).logJoint.dataSync()[0] ?? Number.NaN);

describe('cases that are changed', () => {
  it.each([
    ['withMask', withMask(maskable)],
    ['withFactor', withFactor(small)],
    ['withNetwork', withNetwork(small)],
    ['withParticles', withParticles(small)],
    ['all of them', withParticles(withNetwork(withFactor(withFactor(withMask(maskable)))))],
  ] as const)('by %s keep the exact laws, and are made again from their recipe', (_, cases) => {
    for (const c of sampled<BoundCase>(cases, 2, 2)) {
      checkExactGuide({ ...c, guide: c.posterior });
      if (c.rows !== undefined) checkMinibatches(c.rows);
      const again = fromRecipe(JSON.parse(JSON.stringify(c.recipe)), ownGenerators);
      expect([again.label, again.logEvidence, again.gap, again.particles]).toEqual([
        c.label,
        c.logEvidence,
        c.gap,
        c.particles,
      ]);
      expect(again.features).toEqual(c.features);
      expect(logGuide(again)).toBe(logGuide(c));
    }
  });

  it('by a network have the guide that they had, with weights to learn', () => {
    const networks = sampled(withNetwork(conjugatePairs()), 12, 4);
    const kinds = new Set(networks.map(({ features }) => features.includes('kink')));
    expect(kinds.size).toBe(2);
    for (const c of networks) {
      const { of } = JSON.parse(JSON.stringify(c.recipe.sketch));
      const inner = fromRecipe(of, ownGenerators);
      expect(logGuide(c)).toBeCloseTo(logGuide(inner), 3);
      const weights = [c.model, c.guide].flatMap((program) =>
        tf.tidy(() => Object.keys(trace(program, { key: key(1) }).sites)),
      );
      expect(weights.some((name) => name.endsWith(' network 1/out/kernel'))).toBe(true);
    }
  });

  it('by a mask say so, and cases that cannot be masked are refused', () => {
    const cases = sampled(withMask(maskable), 10, 1);
    expect(cases.every(({ features }) => features.includes('mask'))).toBe(true);
    const [plain] = sampled(linearGaussian(), 1, 1);
    const again = (): BoundCase => plain ?? sampled(small, 1, 1)[0] ?? fail();
    const sketch = { of: { generator: 'linearGaussian', sketch: {} }, hidden: [0] };
    expect(() => maskedFromSketch(sketch, again)).toThrow(/a case that can be masked/);
    expect(() => factorFromSketch({ weight: 1 }, again)).toThrow(
      /^withFactor: expected the sketch/,
    );
  });

  it('have particles in the range that is asked for', () => {
    const seen = sampled(withParticles(maskable, { min: 3, max: 24 }), 300, 1).map(
      (c) => c.particles,
    );
    expect([Math.min(...seen), Math.max(...seen)]).toEqual([3, 24]);
    expect(() => withParticles(maskable, { min: 4, max: 2 })).toThrow(/at least min/);
  });

  it('by a subsample visit some of the rows, and average to the whole', () => {
    for (const c of sampled(withSubsample(small), 2, 2)) {
      expect(c.count).toBeLessThan(c.rows.size);
      checkParticles(c);
      checkSupports(c);
      checkMinibatches(c.rows);
      const { posterior, logEvidence } = c.whole;
      checkExactGuide({ model: c.whole.model, guide: posterior, logEvidence });
    }
  });
});

const fail = (): never => {
  throw new Error('There is no case.');
};

describe('boundCases', () => {
  const cases = sampled(boundCases(), 120, 1);

  it('has every feature in 120 cases', () => {
    const covered = coverageOf(cases);
    expect(covered.missing).toEqual([]);
    expect(covered.features.every(({ models }) => models >= 2)).toBe(true);
    expect(covered.particles).toMatchObject({ least: 1, most: 16 });
    expect(covered.gap?.median).toBeGreaterThan(0.5);
    const lines = showCoverage(covered).split('\n');
    expect(lines[0]).toBe('120 models');
    expect(lines.find((line) => line.startsWith('gap'))).toMatch(/^gap, nats( +\d+\.\d{3}){5}$/);
  });

  it('has correlations above one half, where asked, in more than half of its cases', () => {
    const strong = sampled(boundCases({ correlation: 0.6 }), 40, 2);
    expect(strong.filter(({ correlation = 0 }) => correlation > 0.5).length).toBeGreaterThan(34);
  });

  it('fits on a screen: a label of one line, a print of thirty', () => {
    for (const c of cases.slice(0, 20)) {
      expect(c.label).not.toContain('\n');
      expect(showCase(c).split('\n').length).toBeLessThanOrEqual(30);
    }
    const graphs = discreteGraphs({ outside: 1, inside: 0, elements: 1, cells: 0, masked: 0 });
    const [c] = sampled(graphs, 60, 1).filter(({ label }) =>
      label.startsWith('a ~ Bernoulli; data in 1: x'),
    );
    const shown = c === undefined ? [] : showCase(c).split('\n').slice(1, 4);
    const [x] = c?.data['x'] ?? [];
    const seen = `  data[1] x = ${x} ~ Categorical | a`;
    expect(shown).toEqual(['model', '  a ~ Bernoulli', seen]);
  });

  it('shrinks to a case of one site and few words', () => {
    const isLarge = fc.property(
      boundCases(),
      ({ label, logEvidence }) => label === '' || Number.isNaN(logEvidence),
    );
    const { counterexample } = fc.check(isLarge, { seed: 5, numRuns: 1 });
    const [shrunk] = counterexample ?? [];
    expect(shrunk?.label.length).toBeLessThan(120);
    expect(shrunk?.features).not.toContain('network');
    expect(JSON.stringify(shrunk?.recipe).length).toBeLessThan(1200);
  });

  it('says what a run of fast-check covered', () => {
    const { cases: counted, covered } = covering(maskable);
    fc.assert(property(checkSupports, counted), { numRuns: 3 });
    expect(covered().models).toBeGreaterThanOrEqual(3);
    expect(covered().missing).toContain('discrete');
  });
});
