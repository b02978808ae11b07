/** The example of principal components as its user runs it: evidence that is known, between bounds. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

describe('npm run example ppca', () => {
  const folder = mkdtempSync(join(tmpdir(), 'marginalia-ppca-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const main = new URL('../dist/examples/ppca/main.js', import.meta.url).pathname;
  const digits = join(import.meta.dirname, '../../shared/data');

  const metricsOf = (...args: readonly string[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      execFile(process.execPath, [main, '--out', folder, ...args], (error, _stdout, stderr) => {
        if (error !== null) reject(new Error(stderr));
        else resolve(JSON.parse(readFileSync(join(folder, 'metrics.json'), 'utf8')));
      });
    });

  const tenth = expect.toSatisfy((x: number) => 0 <= x && x < 0.1);
  const tight = { encloses: true, gapBelowPerDatum: tenth, gapAbovePerDatum: tenth };

  it('encloses the exact evidence of generated data within a tenth of a nat a datum', async () => {
    const metrics = await metricsOf('--steps', '300', '--samples', '50');
    expect(metrics).toMatchObject({ count: 500, bracket: tight, bracketWithExactDraws: tight });
    expect(readFileSync(join(folder, 'bracket.svg'), 'utf8')).toContain('<svg');
  });

  it.skipIf(!existsSync(digits))('does so for real digits', async () => {
    const size = ['--latent', '10', '--batch', '64', '--steps', '2000', '--samples', '100'];
    const metrics = await metricsOf('--data', digits, ...size);
    expect(metrics).toMatchObject({ count: 1797, bracket: tight, bracketWithExactDraws: tight });
  });
});
