/** How a run ends: the exit code, and one sentence for what a user asked for in vain. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Refusal } from '../../../examples/command-line/refusal.js';
import { run } from '../../../examples/command-line/run.js';
import { Stopped } from '../../../examples/command-line/stop.js';
import { MemoryError } from '../../../src/compile/memory.js';

const before = process.exitCode;
afterEach(() => {
  process.exitCode = before;
});

const throwing = (error: Error) => (): Promise<number> => Promise.reject(error);

describe('a run', () => {
  it.each([
    ['a refusal', new Refusal('not that'), 2, 'error', 'not that'],
    [
      'too little memory',
      new MemoryError('A step', 2 ** 32, 0),
      2,
      'error',
      /A step takes 4\.0 GiB/,
    ],
    ['a signal', new Stopped('Stopped at step 3.', 143), 143, 'log', 'Stopped at step 3.'],
  ] as const)('ends by %s with a sentence and its code', async (_, error, code, where, said) => {
    const told = vi.spyOn(console, where).mockImplementation(() => undefined);
    await run({ _tag: 'run', options: {} }, throwing(error));
    expect(process.exitCode).toBe(code);
    expect(told).toHaveBeenCalledTimes(1);
    expect(told.mock.calls[0]?.[0]).toMatch(said);
    told.mockClear();
  });

  it('ends by what the command line got wrong, by its own code, or by a fault', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await run({ _tag: 'bad', message: '--what: no' }, throwing(new Error('never')));
    expect(process.exitCode).toBe(2);
    expect(told).toHaveBeenCalledWith('--what: no');
    told.mockClear();
    await run({ _tag: 'run', options: {} }, async () => 3);
    expect(process.exitCode).toBe(3);
    await expect(run({ _tag: 'run', options: {} }, throwing(new Error('a fault')))).rejects.toThrow(
      'a fault',
    );
  });

  it('outlives those who read its output', async () => {
    await run({ _tag: 'run', options: {} }, async () => 0);
    expect(() => process.stdout.emit('error', new Error('EPIPE'))).not.toThrow();
  });
});
