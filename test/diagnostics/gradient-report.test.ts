/** What a report measures on a case that is known. */
import * as tf from '@tensorflow/tfjs';
import {
  bernoulli,
  elbo,
  freeState,
  key,
  normal,
  observe,
  param,
  program,
  sample,
  sgd,
  svi,
} from 'marginalia';
import { gradientReport, showGradientReport } from 'marginalia/diagnostics';
import { enumeration, pathwise, scoreFunction, straightThrough } from 'marginalia/estimators';
import { vimco } from 'marginalia/objectives';
import { describe, expect, it } from 'vitest';
import { sigmoid } from '../bounds/gradient-draws.js';

describe('a gradient report', () => {
  const x = 1.7;
  const model = program(function* () {
    const z = yield* sample('z', bernoulli({ probs: 0.4 }));
    const w = yield* sample('w', normal(0, 1));
    yield* observe('x', normal(tf.add(tf.mul(z, 2), 0), 1), x);
    yield* observe('y', normal(w, 0.5), 6);
  });
  const inference = svi({
    model: () => model,
    guide: () =>
      program(function* () {
        yield* sample('z', bernoulli({ logits: yield* param('l', 0.3) }));
        // Far from the data a location's pathwise gradient varies a tenth as much as any other.
        yield* sample('w', normal(yield* param('m', 0), 1));
      }),
    objective: elbo({ estimators: { z: straightThrough(), w: scoreFunction() } }),
    optimizer: sgd(0.1),
  });

  it('has the numbers of a case that is known, and recommends', async () => {
    const state = inference.init(key(0), undefined);
    const before = tf.memory().numTensors;
    const draws = 40;
    const options = { key: key(1), draws };
    const report = await gradientReport(inference, state, undefined, { ...options, sites: ['z'] });
    const other = await gradientReport(inference, state, undefined, {
      ...options,
      draws: 10,
      sites: ['w'],
    });
    expect(tf.memory().numTensors).toBe(before);
    freeState(state);
    const [[z], [w]] = [report.sites, other.sites];
    const named = (name: string) => z?.estimators.find((e) => e.name === name);
    expect(z?.parameters).toEqual(['l']);
    expect(w?.parameters).toEqual(['m']);
    expect(z?.recommended?.name).toBe(enumeration().name);
    expect(z?.why).toContain('biased');
    expect(w?.recommended?.name).toBe(pathwise().name);
    expect(w?.estimators.map((e) => e.name)).toEqual([
      'pathwise',
      'score function',
      'score function, running average (0.9)',
      'measure-valued',
    ]);
    expect(named('enumeration')?.variance).toBe(0);
    expect(z?.estimators.filter((e) => e.current).map((e) => e.name)).toEqual(['straight-through']);
    // With one draw a gradient has one value for z = 1 and one for z = 0, and all estimators saw the
    // same share of ones; how far it is from p is what the score function's bias is.
    const p = sigmoid(0.3);
    const log = (loc: number): number => -0.5 * (x - loc) ** 2 - 0.5 * Math.log(2 * Math.PI);
    const kl = -p * (1 - p) * (0.3 - Math.log(0.4 / 0.6));
    const exact = p * (1 - p) * (log(2) - log(0));
    const slope = (at: number): number => 2 * (x - 2 * at) * p * (1 - p);
    const gap = log(2) * (1 - p) + log(0) * p;
    const found = [named('score function'), named('straight-through')];
    const away = (found[0]?.bias ?? NaN) / Math.abs(gap);
    const share = [p + away, p - away].find(
      (q) => Math.abs(q * draws - Math.round(q * draws)) < 1e-3,
    );
    const ones = share ?? NaN;
    const spread = ones * (1 - ones) * (draws / (draws - 1));
    for (const [i, [on, off]] of [
      [log(2) * (1 - p), -log(0) * p] as const,
      [slope(1), slope(0)] as const,
    ].entries()) {
      const varies = spread * (on - off) ** 2;
      const middle = ones * on + (1 - ones) * off;
      expect(found[i]?.variance).toBeCloseTo(varies, 4);
      expect(found[i]?.bias).toBeCloseTo(Math.abs(middle - exact), 4);
      expect(found[i]?.biasError).toBeCloseTo(Math.sqrt(varies / draws), 4);
      expect(found[i]?.signalToNoise).toBeCloseTo(Math.abs(middle + kl) / Math.sqrt(varies), 4);
    }
    expect(found.map((e) => e?.unbiased)).toEqual([true, false]);
    expect(found.every((e) => (e?.milliseconds ?? 0) > 0)).toBe(true);
    const shown = showGradientReport(report);
    expect(shown).toContain('recommended: enumeration');
    expect(shown).toMatch(/\* +straight-through +[\d.]+ ± [\d.]+ \(biased\)/);
    expect(shown.split('\n').length).toBe(1 + 3 + (z?.estimators.length ?? 0));
  });

  it('refuses an objective that has one estimator for all', async () => {
    const all = svi({
      model: () => sample('z', normal(0, 1)),
      guide: () => sample('z', normal(0, 1)),
      objective: vimco({ particles: 2 }),
      optimizer: sgd(0.1),
    });
    const state = all.init(key(0), undefined);
    await expect(gradientReport(all, state, undefined, { key: key(0) })).rejects.toThrow(/vimco/);
    await expect(
      gradientReport(inference, state, undefined, { key: key(0), draws: 1 }),
    ).rejects.toThrow(/draws/);
    await expect(
      // @ts-expect-error -- refused
      gradientReport(inference, state, undefined, { key: key(0), sites: ['q'] }),
    ).rejects.toThrow(/'q'/);
    freeState(state);
  });
});
