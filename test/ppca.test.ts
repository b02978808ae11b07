/** The example of principal components as its user runs it: evidence that is known, between bounds. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { Refusal } from '../examples/command-line/refusal.js';
import { loadRows } from '../examples/ppca/data.js';
import { key } from '../src/index.js';

describe('npm run example ppca', () => {
  const folder = mkdtempSync(join(tmpdir(), 'marginalia-ppca-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const main = new URL('../dist/examples/ppca/main.js', import.meta.url).pathname;
  const digits = join(import.meta.dirname, '../../shared/data');

  const metricsOf = (...args: readonly string[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      execFile(
        process.execPath,
        [main, '--out', folder, '--overwrite', ...args],
        (error, _stdout, stderr) => {
          if (error !== null) reject(new Error(stderr));
          else resolve(JSON.parse(readFileSync(join(folder, 'metrics.json'), 'utf8')));
        },
      );
    });

  const tenth = expect.toSatisfy((x: number) => 0 <= x && x < 0.1);
  const tight = { encloses: true, gapBelowPerDatum: tenth, gapAbovePerDatum: tenth };

  it('encloses the exact evidence of generated data within a tenth of a nat a datum', async () => {
    const metrics = await metricsOf('--steps', '300', '--samples', '50');
    expect(metrics).toMatchObject({ count: 500, bracket: tight, bracketWithExactDraws: tight });
    expect(readFileSync(join(folder, 'bracket.svg'), 'utf8')).toContain('<svg');
  });

  it.each([
    ['what is not packed', Buffer.from('1,2,3')],
    ['what is cut short', gzipSync('1,2,3').subarray(0, -4)],
    ['what unpacks to far more than digits', gzipSync(Buffer.alloc(2 ** 25))],
  ])('refuses %s in a sentence', (what, bytes) => {
    const bad = join(folder, what);
    mkdirSync(bad);
    writeFileSync(join(bad, 'digits.csv.gz'), bytes);
    expect(() => loadRows(bad, key(0))).toThrow(Refusal);
    expect(() => loadRows(bad, key(0))).toThrow(/: expected digits packed by gzip, got ".*"; copy/);
  });

  it.skipIf(!existsSync(digits))('does so for real digits', async () => {
    const size = ['--latent', '10', '--batch', '64', '--steps', '2000', '--samples', '100'];
    const metrics = await metricsOf('--data', digits, ...size);
    expect(metrics).toMatchObject({ count: 1797, bracket: tight, bracketWithExactDraws: tight });
  });
});
