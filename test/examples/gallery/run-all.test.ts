/** Every example at once, after a run that did not come to its end. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Refusal } from '../../../examples/command-line/refusal.js';
import type { Entry } from '../../../examples/gallery/catalogue.js';
import { atMost } from '../../../examples/gallery/check.js';
import type { Options } from '../../../examples/gallery/options.js';
import { argumentsOf, leftOf, runAll } from '../../../examples/gallery/run-all.js';
import { runOptions } from '../example-run.js';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-all-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options: Options = { ...runOptions(folder), quick: true, seed: 0, resume: true };

const entry: Entry = {
  _tag: 'example',
  name: 'one',
  load: () => Promise.reject(new Error('it was finished')),
};

const leave = (file: string, text: string): void => {
  mkdirSync(join(folder, 'one'), { recursive: true });
  writeFileSync(join(folder, 'one', file), text);
};

const finish = (found: number, command = 'npm run example one -- --quick'): void =>
  leave(
    'metrics.json',
    JSON.stringify({
      example: 'one',
      headline: 'One.',
      checks: [atMost('one', found, 1)],
      pictures: [],
      command,
      cut: false,
      seconds: 7,
      figures: {},
    }),
  );

describe('all examples, resumed', () => {
  it.each([
    [1, 0, '1 of 1 examples hold, in 7 s.'],
    [2, 1, '0 of 1 examples hold, in 7 s. Not one.'],
  ])('tells of one that was finished as it is: %d', async (found, code, told) => {
    finish(found);
    const print = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    expect(await runAll([entry], options)).toBe(code);
    const lines = print.mock.calls.flat();
    print.mockRestore();
    expect(lines[0]).toBe('one (1 of 1) finished before');
    expect(lines.at(-1)).toBe(told);
  });

  it('goes on with one that has a checkpoint, and starts one that has none', async () => {
    const out = join(folder, 'one');
    expect(await leftOf(entry, out, options)).toBe('nothing');
    leave('fit.safetensors', '');
    expect(await leftOf(entry, out, options)).toBe('stopped');
    finish(1);
    expect(await leftOf(entry, out, options)).toBe('finished');
    finish(1, 'npm run example one');
    expect(await leftOf(entry, out, options)).toBe('nothing');
    expect(argumentsOf(entry, out, options, 'stopped')).toContain('--resume');
    expect(argumentsOf(entry, out, options, 'nothing')).not.toContain('--resume');
    expect(argumentsOf(entry, out, { ...options, resume: false }, 'stopped')).not.toContain(
      '--resume',
    );
  });

  it('refuses to resume and to overwrite at once', async () => {
    await expect(runAll([], { ...options, overwrite: true })).rejects.toThrow(Refusal);
  });
});
