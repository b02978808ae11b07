/** A program that is run whole, again and again, as a contender: a step is a process. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as E from 'fp-ts/lib/Either.js';
import { reasonOf } from '../../dsl/refusals/thrown.js';
import { blocksOf } from '../blocks.js';
import type { Child, Command } from './child.js';

/** What a program printed first. */
interface Said {
  readonly line: string;
  /** From the start of the process until the line was there, in milliseconds. */
  readonly ms: number;
}

/** Starts the program, waits for its first line, and lets it end. */
const runOnce = ({ program, args, env }: Command): Promise<Said> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    let said: Said | undefined;
    let complaint = '';
    createInterface({ input: child.stdout }).on('line', (line) => {
      said ??= { line, ms: performance.now() - began };
    });
    child.stderr.on('data', (more) => {
      complaint = `${complaint}${more}`.slice(-10_000);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (said !== undefined && code === 0) resolve(said);
      else reject(new Error(complaint.trim().split('\n').at(-1) || `it ended with ${code}`));
    });
  });

/** The first number in a line. */
export const numberIn = (line: string): number => Number(/-?\d+(\.\d+)?/.exec(line)?.[0] ?? NaN);

/**
 * A program as a contender; the loss of a step is the first number that it printed. The left says why it
 * cannot take part. Its first run is not measured: it brings the program's files into memory.
 */
export const startProgram = async (
  command: Command,
  says: string,
): Promise<E.Either<string, Child>> => {
  try {
    await runOnce(command);
  } catch (error) {
    return E.left(reasonOf(error));
  }
  // Until the line is there counts, not what the process does to end itself.
  let waited = 0;
  const take = async (steps: number): Promise<readonly number[]> => {
    const found: number[] = [];
    for (let i = 0; i < steps; i += 1) {
      const { line, ms } = await runOnce(command);
      waited += ms;
      found.push(numberIn(line));
    }
    return found;
  };
  const run = blocksOf(take, () => waited);
  return E.right({
    ready: { ready: says, compileMs: null },
    take: async (steps) => {
      const before = waited;
      const losses = await take(steps);
      return { steps, ms: waited - before, losses };
    },
    run: async (atLeast) => ({ ...(await run(atLeast)), collectionMs: null }),
    finish: async () => null,
    stop: () => undefined,
  });
};
