/** The example of reference posteriors: each is reached by the guide that can express it. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Task, ownTask, tasksIn } from '../../examples/posteriors/data.js';
import { fitPosterior } from '../../examples/posteriors/fit-posterior.js';
import { readOptions } from '../../examples/posteriors/options.js';
import { Refusal } from '../../examples/command-line/refusal.js';
import { whitening } from '../../examples/posteriors/least-squares.js';
import { key, useBackend } from 'marginalia';
import { runOptions } from './example-run.js';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-posteriors-'));
afterAll(() => rmSync(folder, { recursive: true }));

// Moments are drawn eagerly, where it is several times as fast as the default.
beforeAll(async () => {
  await useBackend('wasm')();
});

/** `npm run laws:long` asks for the posteriors that take longest. */
const isLong = process.env['LAWS'] === 'long';

const real = new URL('../../../shared/data/posteriors', import.meta.url).pathname;

/** One fit of a task, with fewer steps and draws than the example takes. */
const fitted = async (task: Task | undefined, which: number, steps: number, draws = 3000) => {
  const fitting = task?.problem.fittings.at(which);
  if (task === undefined || fitting === undefined) throw new Error('no such fit');
  const options = { ...runOptions(folder), draws, seed: 0, steps };
  return fitPosterior(task, fitting, key(0), options);
};

describe('eight schools', () => {
  it('has every moment of the reference by a guide with its structure', async () => {
    const before = tf.memory().numTensors;
    const { guide, corrected, effectiveSampleSize, logEvidence } = await fitted(ownTask, -1, 2000);
    expect(guide.filter((j) => !j.good)).toEqual([]);
    expect(corrected.filter((j) => !j.good)).toEqual([]);
    expect(guide).toHaveLength(10);
    expect(effectiveSampleSize).toBeGreaterThan(0.9 * 3000);
    // 20,000 draws of each of four guides, full normals among them, give -31.34 to -31.31.
    expect(Math.abs(logEvidence + 31.32)).toBeLessThan(0.05);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('has too narrow a τ by mean field, and is judged so', async () => {
    const { guide } = await fitted(ownTask, 0, 1500);
    const tau = guide.find((j) => j.name === 'tau');
    expect(tau?.good).toBe(false);
    expect(tau?.ratio).toBeLessThan(0.75);
  });
});

describe('directions of predictors', () => {
  it('are orthonormal in the covariance of the coefficients', () => {
    const x = Array.from({ length: 12 }, (_, i) => [1, 60 + ((7 * i) % 12), (i * i) % 5]);
    const a = whitening(x);
    // A⁻¹ (XᵀX / n)⁻¹ A⁻ᵀ = I, or Aᵀ (XᵀX / n) A = I.
    const xa = x.map((row) =>
      a.map((_, j) => row.reduce((s, v, i) => s + v * (a[i]?.[j] ?? 0), 0)),
    );
    a.forEach((row, i) => {
      row.forEach((above, j) => {
        const dot = xa.reduce((s, r) => s + (r[i] ?? 0) * (r[j] ?? 0), 0) / x.length;
        expect(dot).toBeCloseTo(i === j ? 1 : 0, 6);
        if (j > i) expect(above).toBe(0);
      });
    });
  });
});

describe.skipIf(!existsSync(real))(`reference posteriors, from ${real}`, () => {
  const known: readonly (readonly [name: string, steps: number])[] = [
    ['arK', 1500],
    ['logearn_height', 1500],
    ['low_dim_gauss_mix', 1000],
    ['blr', 1500],
    // These take longer than all others.
    ...(isLong
      ? ([
          ['gp_pois_regr', 500],
          ['hmm_example', 600],
        ] as const)
      : []),
  ];
  it.each(known)('of %s is reached', async (name, steps) => {
    const task = (await tasksIn(real)).find((t) => t.problem.name === name);
    const { guide } = await fitted(task, -1, steps, 1000);
    expect(guide.filter((j) => !j.good)).toEqual([]);
    expect(guide.length).toBeGreaterThan(2);
  });

  it('of eight schools are those that the example knows by heart', async () => {
    const task = (await tasksIn(real)).find((t) => t.problem.name === ownTask.problem.name);
    expect(task?.problem.rows).toEqual(ownTask.problem.rows);
    for (const [name, { mean, sd }] of Object.entries(task?.reference ?? {})) {
      expect(ownTask.reference[name]?.mean).toBeCloseTo(mean, 3);
      expect(ownTask.reference[name]?.sd).toBeCloseTo(sd, 3);
    }
  });
});

describe('data of an example', () => {
  it.each([
    [[], /cannot read .*reference\.json/],
    [['{}'], /reference\.json is not what was expected/],
    [['{'], /reference\.json is not what was expected/],
  ])('refuses a folder with %j', async (texts, sentence) => {
    const bad = join(folder, `bad${texts.join('')}`);
    mkdirSync(bad);
    for (const text of texts) writeFileSync(join(bad, 'reference.json'), text);
    await expect(tasksIn(bad)).rejects.toThrow(sentence);
    await expect(tasksIn(bad)).rejects.toBeInstanceOf(Refusal);
  });

  it('refuses in a sentence of bounded length what is long', async () => {
    const bad = join(folder, 'long');
    mkdirSync(bad);
    writeFileSync(join(bad, 'reference.json'), JSON.stringify([{ model: ['x'.repeat(1e5)] }]));
    const sentence = await tasksIn(bad).catch(String);
    expect(String(sentence).length).toBeLessThan(500 + bad.length);
  });

  it('refuses options that make no sense', () => {
    expect(readOptions(['--draws', '1'])).toEqual({
      _tag: 'bad',
      message: "--draws: expected a whole number from 1000 to 10000000, but got '1'; see --help.",
    });
  });
});
