/** Every example that trains saves when it is told to stop, by whatever signal, and goes on from there. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNotes } from 'marginalia/checkpoints';
import { right } from '../../either.js';
import { temporaryFolder } from '../../temporary-folder.js';

const root = temporaryFolder();
const examples = new URL('../../../dist/examples/', import.meta.url).pathname;

/** The main job, which is not the gallery's example of its name. */
const MAIN_JOB = 'npm start';

interface Ended {
  readonly code: number | null;
  readonly by: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an example or the main job, and sends it a signal whenever `when` is true of what it has done so far. */
const run = (
  [name = '', ...options]: readonly string[],
  signals: readonly NodeJS.Signals[] = [],
  when: () => boolean = () => true,
): Promise<Ended> =>
  new Promise((resolve) => {
    const program = name === MAIN_JOB ? ['vae/main.js'] : ['run.js', name];
    const [file = '', ...args] = [...program, ...options];
    const child = spawn(process.execPath, [join(examples, file), ...args]);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    const left = [...signals];
    const timer = setInterval(() => {
      if (left.length > 0 && when()) child.kill(left.shift());
    }, 20);
    child.on('close', (code, by) => {
      clearInterval(timer);
      resolve({ code, by, stdout, stderr });
    });
  });

const often = ['--checkpoint-every', '0.001'];

describe('a signal', () => {
  it.each([
    ['SIGHUP', 129, MAIN_JOB, 'checkpoint', ['--hidden', '8', '--epochs', '100000']],
    ['SIGINT', 130, 'posteriors', 'eight_schools_noncentered-mean-field', ['--steps', '1000000']],
  ] as const)('%s saves and ends with %i: %s', async (signal, code, name, file, args) => {
    const out = join(root, name.replaceAll(' ', '-'));
    const path = join(out, `${file}.safetensors`);
    const ended = await run([name, ...args, ...often, '--out', out], [signal], () =>
      existsSync(path),
    );
    expect(ended).toMatchObject({ code, by: null });
    expect(ended.stdout).toMatch(/Stopped at step [1-9]\d*.*; go on with --resume\.\n$/);
    expect(ended.stderr.replaceAll(/^step \d+\/\d+, .* left\n/gm, '')).toBe('');
    expect(readdirSync(out)).toEqual([`${file}.safetensors`]);
    right(await readNotes(path)());
  });

  it('leaves what goes on to the numbers of a run in one go', async () => {
    const small = [
      '--copies',
      '1',
      '--samples',
      '1000',
      '--steps',
      '400',
      '--executor',
      'javascript',
    ];
    const [parts, whole] = [join(root, 'parts'), join(root, 'whole')];
    const path = join(parts, 'meanField.safetensors');
    const stopped = await run(['cone', ...small, ...often, '--out', parts], ['SIGTERM'], () =>
      existsSync(path),
    );
    // Where it came between two fits, it ended the process.
    expect(stopped.by === 'SIGTERM' || stopped.code === 143).toBe(true);
    // Some of the fits are done, one is begun, and others are not there yet.
    expect((await run(['cone', ...small, '--out', parts, '--resume'])).code).toBe(0);
    expect((await run(['cone', ...small, '--out', whole])).code).toBe(0);
    const boundsIn = (out: string): unknown =>
      JSON.parse(readFileSync(join(out, 'metrics.json'), 'utf8'), (name, value: unknown) =>
        ['trainSeconds', 'options'].includes(name) ? undefined : value,
      );
    expect(boundsIn(parts)).toEqual(boundsIn(whole));
  }, 240_000);

  it('ends the evaluation after training at once, whose state is saved', async () => {
    const out = join(root, 'evaluation');
    const path = join(out, 'checkpoint.safetensors');
    const short = ['--hidden', '8', '--epochs', '1'];
    const ended = await run(
      [MAIN_JOB, ...short, '--evidence-samples', '1000000', '--out', out],
      ['SIGTERM'],
      () => existsSync(path),
    );
    expect(ended.by === 'SIGTERM' || ended.code === 143).toBe(true);
    right(await readNotes(path)());
    // The lock of a process that is dead holds nothing.
    const again = await run([MAIN_JOB, ...short, '--out', out]);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/holds a run that was stopped; go on with it by --resume/);
    expect(again.stderr.trim().split('\n')).toHaveLength(1);
  });
});
