/** Examples as their users run them: what they print, what they leave, how they end. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const main = new URL('../../dist/examples/run.js', import.meta.url).pathname;

const run = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });

const metricsIn = (out: string): unknown =>
  JSON.parse(readFileSync(join(out, 'metrics.json'), 'utf8'));

const number: unknown = expect.any(Number);

describe('npm run example', () => {
  it('cone leaves its figures and a picture', async () => {
    const out = join(folder, 'cone');
    const small = ['--steps', '2', '--samples', '1000', '--copies', '2'];
    const { code, stdout, stderr } = await run('cone', ...small, '--out', out);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/ELBO, mean field .* -8\.08\n/);
    expect(readFileSync(join(out, 'cone.svg'), 'utf8')).toContain('<svg');
    const bound = { bound: number, standardError: number };
    expect(metricsIn(out)).toMatchObject({
      logEvidence: expect.closeTo(-5.323232, 5),
      bounds: { meanField: bound, importanceWeighted: bound, hierarchical: bound },
    });
  });

  it('posteriors leaves its figures and a picture without any data', async () => {
    const out = join(folder, 'posteriors');
    const small = ['--steps', '20', '--draws', '1000'];
    const { code, stdout, stderr } = await run('posteriors', ...small, '--out', out);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\ntau +3\.602 +3\.19\d/);
    expect(stdout).toContain('- mean field: misses');
    expect(readFileSync(join(out, 'posteriors.svg'), 'utf8')).toContain('<svg');
    const fit = { paretoK: number, steps: 20 };
    expect(metricsIn(out)).toMatchObject({
      posteriors: [{ name: 'eight_schools_noncentered', fits: [fit, fit, fit, fit] }],
    });
  });

  it('lists all with a sentence each where none is named', async () => {
    const { code, stdout } = await run();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^cone +Bounds on a ring-shaped posterior, .*\.$/m);
  });

  it.each([
    [['posteriors', '--data', 'no/such/folder'], /cannot read no\/such\/folder/],
    [
      ['posteriorz'],
      /There is no example 'posteriorz'\. Name one of: .*cone, posteriors, or all\./,
    ],
  ])('refuses %j in one sentence with code 2', async (args, sentence) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
