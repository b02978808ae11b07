/**
 * The main job: options, files, exit codes, what it leaves. It calls `useBackend`, so it has a process of its own;
 * those of its users take two seconds each to start, and most of what they do is asked for here.
 */
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refusal } from '../../examples/command-line/refusal.js';
import { job } from '../../examples/vae/job.js';
import { type Options, readOptions } from '../../examples/vae/options.js';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-vae-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const main = new URL('../../dist/examples/vae/main.js', import.meta.url).pathname;

const run = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });

const asked = (args: readonly string[]): Options => {
  const found = readOptions(args);
  if (found._tag === 'run') return found.options;
  throw new Refusal(found._tag === 'bad' ? found.message : found._tag);
};

/** Does the job here; the exit code. */
const done = async (...args: readonly string[]): Promise<number> => job(asked(args));

/** What is said of what cannot be had. */
const refusal = async (...args: readonly string[]): Promise<string> => {
  try {
    return `It ended with code ${await done(...args)}.`;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
};

const idx = (count: number, value: (i: number) => number): Buffer => {
  const header = Buffer.from([0, 0, 8, 3, 0, 0, count >> 8, count & 255, 0, 0, 0, 28, 0, 0, 0, 28]);
  return Buffer.concat([
    header,
    Buffer.from(Array.from({ length: count * 784 }, (_, i) => value(i))),
  ]);
};

const small = ['--hidden', '8', '--epochs', '2', '--batch', '16', '--evidence-samples', '3'];

describe('npm start', () => {
  const data = join(folder, 'data');
  const out = join(folder, 'out');
  beforeEach(() => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  beforeAll(() =>
    mkdirWith(data, {
      'train-images-idx3-ubyte.gz': gzipSync(idx(40, (i) => (i * 37) % 256)),
      't10k-images-idx3-ubyte': idx(20, (i) => (i * 53) % 256),
    }),
  );

  it('leaves pictures, metrics and a checkpoint, and says nothing on standard error but progress', async () => {
    const ended = await run('--data', data, '--out', out, ...small);
    expect(ended.stderr.replaceAll(/^step \d+\/\d+, .* left\n/gm, '')).toBe('');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/^log p\(data\) ≥ ELBO =\n {2}- Σ_data KL\(q\(z\) ‖ p\(z\)\)/);
    for (const file of ['manifold.png', 'samples.png', 'reconstructions.png']) {
      expect(readFileSync(join(out, file)).subarray(1, 4).toString()).toBe('PNG');
    }
    expect(readFileSync(join(out, 'bound.svg'), 'utf8')).toContain('<svg');
    const metrics: unknown = JSON.parse(readFileSync(join(out, 'metrics.json'), 'utf8'));
    expect(metrics).toMatchObject({
      testElbo: expect.any(Number),
      testLogEvidence: expect.any(Number),
      steps: 6,
      unit: 'nats per image',
    });
  });

  it('goes on from its checkpoint to the numbers of a run in one go', async () => {
    const parts = join(folder, 'parts');
    await done('--data', data, '--out', parts, ...small, '--epochs', '1');
    expect(await done('--data', data, '--out', parts, ...small, '--resume')).toBe(0);
    expect(readFileSync(join(parts, 'checkpoint.safetensors'))).toEqual(
      readFileSync(join(out, 'checkpoint.safetensors')),
    );
  });

  it('refuses to go on where the data have changed since, and ends with code 2', async () => {
    const changed = join(folder, 'changed');
    mkdirWith(changed, {
      'train-images-idx3-ubyte': idx(40, (i) => (i === 99 ? 7 : (i * 37) % 256)),
      't10k-images-idx3-ubyte': idx(20, (i) => (i * 53) % 256),
    });
    const ended = await run('--data', changed, '--out', out, ...small, '--resume');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(
      /was trained on other images: the data have changed since.*--overwrite/,
    );
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    ['several particles', ['--latent', '3', '--particles', '2']],
    ['one latent dimension', ['--latent', '1']],
  ])('trains with a full covariance and %s', async (name, args) => {
    const own = join(folder, name);
    const base = ['--data', data, '--out', own, ...small, '--posterior', 'full'];
    expect(await done(...base, ...args)).toBe(0);
  });

  it('says what to install for a backend that is not there', async () => {
    const ended = await run('--data', data, ...small, '--backend', 'tfjs-node-gpu');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/npm install @tensorflow\/tfjs-node-gpu/);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    [['--latent', '0'], /--latent: expected a whole number from 1 to 512, but got '0'/],
    [['--epochs', 'many'], /--epochs: expected a whole number.*'many'/],
    [['--posterior', 'round'], /--posterior: expected diagonal or full, but got 'round'/],
    [['--colour', 'red'], /unknown option '--colour'/],
    [['extra'], /too many arguments/],
    [['--data', 'no/such/folder'], /no\/such\/folder.*train-images-idx3-ubyte/],
    [['--resume', '--latent', '5'], /another model: it was trained with --latent 2, not 5/],
    [['--resume', '--out', 'no/such/run'], /no checkpoint at no\/such\/run/],
    [[], /holds a run that was finished; go on with it by --resume, replace it by --overwrite/],
    [['--resume', '--overwrite'], /--resume and --overwrite exclude each other/],
    [['--batch', '41'], /--batch: expected at most 40, the number of training images, but got 41/],
    [['--threads', '0'], /--threads: expected a whole number from 1 to 1024, but got '0'/],
    [['--executor', 'x'], /--executor: expected auto, onnxruntime or javascript, but got 'x'/],
    [['--checkpoint-every', '0'], /--checkpoint-every: expected minutes, more than 0/],
    [['--out', ''], /'' could not be written: the path is empty/],
    [['--out', '/proc/nope/x'], /\/proc\/nope\/x could not be written/],
  ])('refuses %j in one sentence, earlier results untouched', async (args, sentence) => {
    const before = readdirSync(out).map((f) => readFileSync(join(out, f)).toString('base64'));
    const base = args.includes('--data') ? [] : ['--data', data];
    const place = args.includes('--out') ? [] : ['--out', out];
    const message = await refusal(...base, ...place, ...small, ...args);
    expect(message).toMatch(sentence);
    expect(message.split('\n')).toHaveLength(1);
    expect(readdirSync(out).map((f) => readFileSync(join(out, f)).toString('base64'))).toEqual(
      before,
    );
  });

  it.each([
    ['truncated', (b: Buffer) => b.subarray(0, b.length - 1), /expected/],
    [
      'mislabelled',
      (b: Buffer) => Buffer.concat([Buffer.from([0, 0, 13]), b.subarray(3)]),
      /expected/,
    ],
    [
      'longer than its header says',
      (b: Buffer) => Buffer.concat([b, Buffer.from([1])]),
      /expected/,
    ],
  ])('refuses a %s file', async (_, spoil, sentence) => {
    const bad = join(folder, 'bad');
    mkdirWith(bad, {
      'train-images-idx3-ubyte': spoil(idx(4, () => 0)),
      't10k-images-idx3-ubyte': idx(4, () => 0),
    });
    const message = await refusal('--data', bad, '--out', out, ...small);
    expect(message).toMatch(sentence);
    expect(message).toContain('train-images-idx3-ubyte');
    expect(message.split('\n')).toHaveLength(1);
  });

  it('explains every option', async () => {
    const { code, stdout, stderr } = await run('--help');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const option of [
      'data',
      'latent',
      'hidden',
      'epochs',
      'batch',
      'particles',
      'seed',
      'resume',
      'out',
      'posterior',
    ]) {
      expect(stdout).toMatch(new RegExp(`--${option}.* {2,}\\w`));
    }
    expect(existsSync(join(process.cwd(), 'no/such/run'))).toBe(false);
  });
});

const mkdirWith = (path: string, files: Readonly<Record<string, Buffer>>): void => {
  mkdirSync(path, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(path, name), bytes);
};
