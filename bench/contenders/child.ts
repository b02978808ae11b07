/** A contender in a process of its own, seen from the bench. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as E from 'fp-ts/lib/Either.js';
import { mapNamed, pack } from './arrays.js';
import type { Problem } from './contender.js';
import { Answer, type Ran, type Ready, type Taken } from './protocol.js';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Variables beside those of the bench. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A contender that is ready and waits to be asked. */
export interface Child {
  readonly ready: Ready;
  /** Takes steps, at most so many and no more once `limit` milliseconds have passed. */
  readonly take: (steps: number, limit: number) => Promise<Taken>;
  /** Runs a block of at least so many milliseconds. */
  readonly run: (atLeast: number) => Promise<Ran>;
  /** Ends it and says how much memory it held at most, in bytes; `null` where that is not known. */
  readonly finish: () => Promise<number | null>;
  /** Ends it, whatever it does; one that has ended is left alone. */
  readonly stop: () => void;
}

const taskOf = ({ of, batches, initial, data }: Problem): unknown => ({
  case: of,
  batches: batches.map((batch) => mapNamed(batch, pack)),
  initial: mapNamed(initial, pack),
  data,
});

/** A line that is no answer was printed by a library of the contender's, and is nothing to us. */
const answerIn = (line: string): Answer | undefined => {
  try {
    const answer = Answer.decode(JSON.parse(line));
    return E.isRight(answer) ? answer.right : undefined;
  } catch {
    return undefined;
  }
};

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

/** Starts a contender; the left says why it cannot take part. */
export const startChild = async (
  { program, args, env }: Command,
  problem: Problem,
): Promise<E.Either<string, Child>> => {
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let complaint = '';
  child.stderr.on('data', (said) => {
    complaint = `${complaint}${said}`.slice(-10_000);
  });
  // Writing to one that has ended is found out by its missing answer.
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => {
    complaint = error.message;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (question: unknown): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    for (;;) {
      const line = await lines.next();
      if (line.done === true) return { refused: lastLine(complaint) || 'it ended without a word' };
      const answer = answerIn(line.value);
      if (answer !== undefined) return answer;
    }
  };
  const fail = (answer: Answer): never => {
    throw new Error(
      `it stopped: ${'refused' in answer ? answer.refused : 'an answer out of turn'}`,
    );
  };
  const ready = await ask(taskOf(problem));
  if (!('ready' in ready)) {
    child.kill();
    return E.left('refused' in ready ? ready.refused : 'an answer out of turn');
  }
  return E.right({
    ready,
    take: async (steps, limit) => {
      const answer = await ask({ op: 'take', steps, limit });
      return 'losses' in answer ? answer : fail(answer);
    },
    run: async (ms) => {
      const answer = await ask({ op: 'run', ms });
      return 'medianMs' in answer ? answer : fail(answer);
    },
    finish: async () => {
      const answer = await ask({ op: 'finish' });
      child.stdin.end();
      return 'peakBytes' in answer ? answer.peakBytes : fail(answer);
    },
    stop: () => {
      child.kill();
    },
  });
};
