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
        await untilStopped(async ({ signal, stopped }) => {
          expect(signal.aborted).toBe(false);
          process.emit(name, name);
          expect(signal.aborted).toBe(true);
          expect(stopped(3, ' of 9')).toMatchObject({
            code,
            message: 'Stopped at step 3 of 9; go on with --resume.',
          });
          // Nothing is saved then, and a run could not go on.
          expect(stopped(0).message).toBe(
            'Stopped before the first step; there is nothing to resume.',
          );
          expect(exit).not.toHaveBeenCalled();
          expect(() => process.emit('SIGTERM', 'SIGTERM')).toThrow('ended');
          expect(exit).toHaveBeenCalledWith(code);
        });
      } finally {
        exit.mockRestore();
      }
      // After training they are the system's again, and end the process at once.
      expect(counts()).toEqual(before);
    },
  );

  it('what fails leaves no listener', async () => {
    const before = counts();
    const failing = untilStopped(async () => {
      throw new Error('failed');
    });
    await expect(failing).rejects.toThrow('failed');
    expect(counts()).toEqual(before);
  });
});
