/** A program that runs beside this one and is ended by a signal. */
import { spawn } from 'node:child_process';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program of this project and, `delay` milliseconds after it has printed what `word` matches, sends a signal.
 * Where it ends before, so does this.
 */
export const ended = (
  args: readonly string[],
  word: RegExp,
  delay: number,
  signal: NodeJS.Signals,
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let sent = false;
    const listen = (): void => {
      if (sent || !word.test(`${stdout}${stderr}`)) return;
      sent = true;
      setTimeout(() => child.kill(signal), delay);
    };
    child.stdout.on('data', (text: Buffer) => {
      stdout += text.toString();
      listen();
    });
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
      listen();
    });
    child.on('error', reject);
    child.on('close', (code, by) => resolve({ code, signal: by, stdout, stderr }));
  });
