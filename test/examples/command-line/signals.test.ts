/** What signals do to training, in this process. */
import { describe, expect, it, vi } from 'vitest';
import { untilStopped } from '../../../examples/command-line/stop.js';

const counts = (): readonly number[] =>
  (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((name) => process.listenerCount(name));

describe('while training,', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    '%s asks to stop, a second signal ends the process, both with %i',
    async (name, code) => {
      const before = counts();
      const exit = vi.spyOn(process, 'exit').mockImplementation((): never => {
        throw new Error('ended');
      });
      try {
        const training = untilStopped(async (signal) => {
          expect(signal.aborted).toBe(false);
          process.emit(name, name);
          expect(signal.aborted).toBe(true);
          expect(exit).not.toHaveBeenCalled();
          expect(() => process.emit('SIGTERM', 'SIGTERM')).toThrow('ended');
          expect(exit).toHaveBeenCalledWith(code);
          return { value: 'trained', step: 3, finished: false, of: ' of 9' };
        });
        await expect(training).rejects.toMatchObject({
          code,
          message: 'Stopped at step 3 of 9; go on with --resume.',
        });
      } finally {
        exit.mockRestore();
      }
      // After training they are the system's again, and end the process at once.
      expect(counts()).toEqual(before);
    },
  );

  it('a run that came to its end goes on, and nothing is saved before the first step', async () => {
    const done = untilStopped(async () => ({ value: 'trained', step: 9, finished: true }));
    await expect(done).resolves.toBe('trained');
    const early = untilStopped(async () => ({ value: 'nothing', step: 0, finished: false }));
    await expect(early).rejects.toThrow(
      /^Stopped before the first step; there is nothing to resume\.$/,
    );
  });

  it('a signal that comes with the last step is not lost', async () => {
    const training = untilStopped(async () => {
      // Sent by the system, it is told of in a turn of its own.
      process.kill(process.pid, 'SIGTERM');
      return { value: 'trained', step: 9, finished: true, of: ' of 9' };
    });
    await expect(training).rejects.toMatchObject({
      code: 143,
      message: 'Stopped at step 9 of 9; go on with --resume.',
    });
  });

  it('what fails leaves no listener', async () => {
    const before = counts();
    const failing = untilStopped(async () => {
      throw new Error('failed');
    });
    await expect(failing).rejects.toThrow('failed');
    expect(counts()).toEqual(before);
  });
});
