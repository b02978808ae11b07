/**
 * A run of the gallery: its exit code, what it leaves, and how it goes on. It calls `useBackend`, so it has a
 * process of its own.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { Refusal } from '../../../examples/command-line/refusal.js';
import { Stopped } from '../../../examples/command-line/stop.js';
import { type Check, atLeast, atMost, within } from '../../../examples/gallery/check.js';
import type { Example, Setting } from '../../../examples/gallery/example.js';
import { readMetrics } from '../../../examples/gallery/metrics.js';
import type { Options } from '../../../examples/gallery/options.js';
import { runExample } from '../../../examples/gallery/run-example.js';
import { settingOf } from '../../../examples/gallery/setting.js';
import { type Tensor, adam, param, program, rowsOf, svi } from 'marginalia';
import { minimize } from 'marginalia/objectives';
import { runOptions } from '../example-run.js';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-gallery-'));
afterAll(() => rmSync(folder, { recursive: true }));

const options = (name: string, more: Partial<Options> = {}): Options => ({
  ...runOptions(join(folder, name)),
  quick: true,
  seed: 0,
  ...more,
});

const quiet = (): void => undefined;
const silent = () => ({ update: quiet, stop: quiet });

const showing = (...checks: readonly Check[]): Example => ({
  name: 'one',
  sentence: 'Shows one.',
  equations: [],
  run: async () => ({
    headline: 'One is 1.',
    figures: { data: 'ones' },
    checks,
    pictures: { 'one.svg': '<svg/>', 'one.png': Uint8Array.of(1, 2) },
  }),
});

const fails = atMost('one', 1, 0);
const holds = atLeast('one', 1, 0);

describe('a check', () => {
  it('holds at its limits and not beyond, and never for what is no number', () => {
    for (const check of [atMost, atLeast]) {
      expect(check('x', 1, 1).holds).toBe(true);
      expect(check('x', Number.NaN, 1).holds).toBe(false);
    }
    expect(atMost('x', 1.1, 1).holds).toBe(false);
    expect(atLeast('x', 0.9, 1).holds).toBe(false);
    expect([0.9, 1, 2, 2.1, Number.NaN].map((x) => within('x', x, 1, 2).holds)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('an example', () => {
  it.each([
    ['ends well where its checks hold', [holds], {}, 0],
    ['ends by 1 where one does not', [holds, fails], {}, 1],
    ['is not held against checks that --steps cut short', [fails], { steps: 2 }, 0],
  ] as const)('%s', async (name, checks, more, code) => {
    const own = options(name, more);
    const said: string[] = [];
    expect(await runExample(showing(...checks), own, (line) => void said.push(line))).toBe(code);
    expect(said.join('\n')).toContain('One is 1.');
    expect(readFileSync(join(own.out, 'one.png'))).toEqual(Buffer.of(1, 2));
    const metrics = readMetrics(join(own.out, 'metrics.json'));
    expect(metrics).toMatchObject({ example: 'one', checks, pictures: ['one.svg', 'one.png'] });
    await expect(runExample(showing(), own, quiet)).rejects.toThrow(Refusal);
    expect(await runExample(showing(), { ...own, overwrite: true }, quiet)).toBe(0);
  });

  it('says how it was run, but not where its data lie', async () => {
    const own = options('command', { data: '/secret', seed: 3, quick: false });
    await runExample(showing(), own, quiet);
    const { command, cut } = readMetrics(join(own.out, 'metrics.json'));
    expect([command, cut]).toEqual(['npm run example one -- --data DIR --seed 3', false]);
  });

  it('leaves no metrics where it fails', async () => {
    const own = options('failing');
    const example: Example = { ...showing(), run: () => Promise.reject(new Error('a fault')) };
    await expect(runExample(example, own, quiet)).rejects.toThrow('a fault');
    expect(existsSync(join(own.out, 'metrics.json'))).toBe(false);
  });
});

/** The mean of the data by least squares. */
const mean = () =>
  svi({
    ...minimize((x: Tensor) =>
      program(function* () {
        return tf.mean(tf.square(tf.sub(x, yield* param('mean', 0))));
      }),
    ),
    optimizer: adam(0.1),
  });

const values = Float32Array.of(1, 2, 3, 6);

const fitted = (setting: Setting, steps = 40, data = values) =>
  setting.fitWithCurves({
    name: 'the mean',
    svi: mean(),
    data: rowsOf(data, []),
    batchSize: 4,
    steps,
    watch: { every: 10, measure: async ({ step }) => step / 2 },
  });

describe('a fit of the gallery', () => {
  const meanOf = async (fit: ReturnType<typeof fitted>) =>
    (await fit).state.params['mean']?.dataSync()[0];

  it('takes the steps of the task, or those of --steps where they are fewer', async () => {
    const long = settingOf(options('long'), quiet, silent);
    const short = settingOf(options('short', { steps: 7 }), quiet, silent);
    expect((await fitted(long)).state.step).toBe(40);
    expect((await fitted(short)).state.step).toBe(7);
    expect([long.capped(9), short.capped(9)]).toEqual([9, 7]);
  });

  it('is stopped by a signal and goes on to the numbers of one in one go, with its curves', async () => {
    const whole = await fitted(settingOf(options('whole'), quiet, silent));
    const own = options('parts');
    const said = vi.fn();
    const stopping = settingOf(own, said, () => ({
      update: ({ step }) => void (step === 20 && process.emit('SIGTERM')),
      stop: quiet,
    }));
    await expect(fitted(stopping)).rejects.toThrow(Stopped);
    const resumed = await fitted(settingOf({ ...own, resume: true }, quiet, silent));
    expect(resumed.state.params['mean']?.dataSync()).toEqual(
      whole.state.params['mean']?.dataSync(),
    );
    const stripped = (points: typeof whole.losses) =>
      points.map(({ step, value }) => [step, value]);
    expect(stripped(resumed.losses)).toEqual(stripped(whole.losses));
    expect(stripped(resumed.watched)).toEqual([10, 20, 30, 40].map((n) => [n, n / 2]));
    const seconds = resumed.watched.map((point) => point.seconds);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    await expect(
      fitted(settingOf({ ...own, resume: true, seed: 1 }, quiet, silent)),
    ).rejects.toThrow(/the note of 'seed'/);
    const others = values.map((x) => x + 1);
    await expect(
      fitted(settingOf({ ...own, resume: true }, quiet, silent), 40, others),
    ).rejects.toThrow(/the note of 'data'/);
  });

  it('starts from what is given', async () => {
    const setting = settingOf(options('given'), quiet, silent);
    const fit = setting.fitWithCurves({
      name: 'given',
      svi: mean(),
      data: rowsOf(values, []),
      batchSize: 4,
      steps: 1,
      given: { mean: tf.scalar(100) },
    });
    // One step of Adam is as long as its rate.
    expect(await meanOf(fit)).toBeCloseTo(99.9, 3);
  });
});
