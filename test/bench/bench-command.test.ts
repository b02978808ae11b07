/** `npm run bench -- --json` as it is run. `npm test` builds it first. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../../dist/bench/main.js', import.meta.url));

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });

const out = mkdtempSync(join(tmpdir(), 'marginalia-bench-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** What a module imports, and what those modules of ours import in turn; types do not count. */
const importsOf = (path: string, seen = new Set<string>()): ReadonlySet<string> => {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(/^import [^;]*?'(.+?)';/gm)) {
    if (name.startsWith('.')) importsOf(join(dirname(path), name), seen);
    else seen.add(name);
  }
  return seen;
};

it('runs TensorFlow.js as it is installed: nothing of ours that could mend it is loaded', () => {
  for (const start of ['contenders/worker.js', 'peers/tfjs/peer.js']) {
    const imports = [...importsOf(join(dirname(main), start))];
    const foreign = imports.filter((name) => !name.startsWith(dirname(main)));
    expect(foreign.filter((name) => !/^(node:|fp-ts|io-ts|@tensorflow)/.test(name))).toEqual([]);
  }
  expect(importsOf(join(dirname(main), 'own/marginalia.js'))).toContain('marginalia');
});

it('prints one array of results, and leaves where it measured', () => {
  const short = ['--rounds', '1', '--block', '20', '--out', out];
  const asked = ['--peer', 'tfjs-cpu', '--peer', 'matmul', ...short];
  const { stdout, stderr, status } = run('--json', '--case', 'logistic-regression', ...asked);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const rows: unknown = JSON.parse(stdout);
  const row = (peer: string) => ({
    case: 'logistic-regression',
    peer,
    ms: expect.any(Number),
    ratio: expect.any(Number),
  });
  expect(rows).toEqual([row('tfjs-cpu'), row('matmul')]);
  const where: unknown = JSON.parse(readFileSync(join(out, 'environment.json'), 'utf8'));
  expect(where).toMatchObject({
    machine: { cores: expect.any(Number), processor: expect.any(String) },
    versions: { node: process.version, packages: { '@tensorflow/tfjs': expect.any(String) } },
    settings: { rounds: 1, block: 20, data: 'drawn digits' },
    load: { before: expect.any(Array), after: expect.any(Array) },
  });
});

it('refuses what it does not know in one line', () => {
  const { stdout, stderr, status } = run('--case', 'vae');
  expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  expect(stderr).toContain("argument 'vae' is invalid");
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
