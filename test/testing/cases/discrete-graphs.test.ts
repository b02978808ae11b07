/** Discrete graphs know their answers: held against their own programs, scored at every joint value. */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { key, trace } from 'marginalia';
import {
  type DiscreteGraphOptions,
  type Feature,
  checkExactGuide,
  checkMinibatches,
  discreteGraphFromSketch,
  discreteGraphs,
} from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { summedByScore } from './summed-by-score.js';

const sampled = (options: DiscreteGraphOptions, numRuns: number, seed: number) =>
  fc.sample(discreteGraphs(options), { numRuns, seed });

describe('discreteGraphs', () => {
  it('says what its programs say, summed over all joint values', () => {
    const graphs = sampled({ classes: 3, elements: 2, cells: 2 }, 80, 4);
    const small = graphs.filter(({ features }, i) => i < 8 || features.includes('nested plates'));
    const summed = small.flatMap((graph) => {
      const found = summedByScore(graph, 12);
      return found === undefined ? [] : [{ graph, found }];
    });
    for (const { graph, found } of summed) {
      expect(found.logEvidence).toBeCloseTo(graph.logEvidence, 4);
      expect(found.posteriorError).toBeLessThan(1e-4);
      expect(found.gap).toBeCloseTo(graph.gap, 3);
      expect(found.correlation).toBeCloseTo(graph.correlation, 3);
    }
    const seen = new Set(summed.flatMap(({ graph }) => graph.features));
    const asked: readonly Feature[] = ['nested plates', 'mask', 'factor', 'all sites in a plate'];
    expect(asked.filter((feature) => !seen.has(feature))).toEqual([]);
    expect(summed.length).toBeGreaterThan(8);
  });

  it('has the gap that is asked for', () => {
    for (const gap of [0.125, 1, 5]) {
      for (const graph of sampled({ gap }, 15, 2)) expect(graph.gap).toBeCloseTo(gap, 4);
    }
    const within = sampled({ gap: { min: 2, max: 3 } }, 20, 3).map((graph) => graph.gap);
    expect(within.every((gap) => gap > 1.999 && gap < 3.001)).toBe(true);
  });

  it('has it where nothing is known of a bit but that it is one', () => {
    const bits = sampled({ outside: 0, inside: 1, classes: 2, cells: 0, gap: 3.875 }, 60, 2);
    for (const bit of bits) {
      const blind = bit.masked(Array.from({ length: bit.observations }, () => false));
      expect(blind.gap).toBeCloseTo(3.875, 3);
    }
  });

  it('has the correlation that is asked for, nearly always', () => {
    const strong = sampled({ correlation: 0.5 }, 50, 5).filter((g) => g.correlation > 0.5);
    expect(strong.length).toBeGreaterThan(44);
  });

  it('has every feature in 100 cases', () => {
    const seen = new Set(sampled({}, 100, 1).flatMap(({ features }) => features));
    expect([...seen].toSorted()).toEqual([
      'all sites in a plate',
      'discrete',
      'factor',
      'guide parameters',
      'large gap',
      'mask',
      'model parameters',
      'nested plates',
      'plate',
      'strong correlation',
      'subsampled plate',
    ]);
  });

  it('has rows whose bounds average to the whole, and rows of the posterior', () => {
    const [graph] = sampled({ gap: 1 }, 40, 6).filter(
      ({ features, rows }) => rows !== undefined && features.includes('nested plates'),
    );
    if (graph?.rows === undefined) throw new Error('There is no such graph.');
    checkMinibatches({ ...graph.rows });
    tf.tidy(() => {
      const { rows } = graph;
      const every = tf.range(0, rows?.size ?? 0, 1, 'int32');
      const { model = () => graph.model, posterior = () => graph.posterior } = rows ?? {};
      checkExactGuide({
        model: model(every),
        guide: posterior(every),
        logEvidence: graph.logEvidence,
      });
    });
  });

  it('masks what it is told to', () => {
    for (const graph of sampled({ masked: 0 }, 5, 8)) {
      const all = Array.from({ length: graph.observations }, () => false);
      const none = graph.masked(all);
      expect(none.features).toContain('mask');
      expect(none.gap).toBeCloseTo(graph.gap, 3);
      if (!graph.features.includes('factor')) expect(none.logEvidence).toBeCloseTo(0, 10);
      expect(graph.masked(all.map(() => true)).logEvidence).toBe(graph.logEvidence);
      checkExactGuide({ ...none, guide: none.posterior });
    }
  });

  it('is made again from its sketch, and from no other', () => {
    const [graph] = sampled({}, 1, 9);
    if (graph === undefined) throw new Error('There is no graph.');
    const again = discreteGraphFromSketch(JSON.parse(JSON.stringify(graph.recipe.sketch)));
    expect(again.label).toBe(graph.label);
    expect(again.logEvidence).toBe(graph.logEvidence);
    const at = (program: typeof graph.model) =>
      tf.tidy(() => trace(program, { key: key(1) }).logJoint.dataSync()[0]);
    if (again.recipe.generator !== 'discreteGraphs') throw new Error('Another generator.');
    expect(at(graph.masked([]).posterior)).toBe(at(again.masked([]).posterior));
    expect(() => discreteGraphFromSketch({ seed: 1 })).toThrow(
      /^discreteGraphs: expected the sketch/,
    );
  });

  it('refuses sizes without a latent site, and correlations of one', () => {
    expect(() => discreteGraphs({ outside: 0, inside: 0 })).toThrow(/1 latent sites or more/);
    expect(() => discreteGraphs({ outside: 1, inside: 0, correlation: 0.5 })).toThrow(/needs two/);
    expect(() => discreteGraphs({ gap: 0 })).toThrow(/nats above 0/);
  });

  it('reads as a model in one line', () => {
    for (const { label } of sampled({}, 50, 3)) {
      expect(label).toMatch(/^[^\n]*~ [^\n]+$/);
      expect(label.length).toBeLessThan(240);
    }
  });
});
