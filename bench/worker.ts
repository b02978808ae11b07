/** A contender in a process of its own: `node worker.js NAME`, asked through stdin and stdout. */
import { createInterface } from 'node:readline';
import * as E from 'fp-ts/lib/Either.js';
import { mapNamed, unpack } from './arrays.js';
import { caseNamed } from './catalogue.js';
import type { Contender, Problem } from './contender.js';
import { type Answer, Request, type Taken, Task } from './protocol.js';

const openers: Readonly<Record<string, (problem: Problem) => Promise<Contender>>> = {
  // Each is imported only where it is asked for: TensorFlow.js as a peer is TensorFlow.js alone,
  // without the two kernels of its WebAssembly backend that marginalia mends.
  marginalia: async (problem) => (await import('./own/marginalia.js')).marginalia(problem),
  hand: async (problem) => (await import('./own/hand.js')).hand(problem),
  matmul: async (problem) => (await import('./peers/matmul.js')).matmul(problem),
  'tfjs-wasm': async (problem) => (await import('./peers/tfjs/peer.js')).tfjs(problem, 'wasm'),
  'tfjs-cpu': async (problem) => (await import('./peers/tfjs/peer.js')).tfjs(problem, 'cpu'),
  'jax-js': async (problem) => (await import('./peers/jax/peer.js')).jax(problem),
};

const problemOf = (line: string): Problem => {
  const task = Task.decode(JSON.parse(line));
  if (E.isLeft(task)) throw new Error('expected a task');
  const { case: asked, batches, initial } = task.right;
  return {
    of: caseNamed(asked.name),
    batches: batches.map((batch) => mapNamed(batch, unpack)),
    initial: mapNamed(initial, unpack),
  };
};

/** All steps at once, or in growing portions where there is a limit, to stop in time. */
const takeWithin = async (
  { take }: Contender,
  steps: number,
  limit: number | null,
): Promise<Taken> => {
  const began = performance.now();
  const portions: (readonly number[])[] = [];
  let taken = 0;
  while (taken < steps) {
    const asked = limit === null ? steps : Math.min(Math.max(1, taken), steps - taken);
    portions.push(await take(asked));
    taken += asked;
    if (limit !== null && taken > 1 && performance.now() - began > limit) break;
  }
  return { steps: taken, ms: performance.now() - began, losses: portions.flat() };
};

const answerTo = async (contender: Contender, request: Request): Promise<Answer> => {
  switch (request.op) {
    case 'take': {
      const taken = await takeWithin(contender, request.steps, request.limit);
      return request.losses ? taken : { ...taken, losses: [] };
    }
    case 'finish':
      return { peakBytes: process.resourceUsage().maxRSS * 1024 };
  }
};

const say = (answer: Answer): void => {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
};

const main = async (name: string): Promise<void> => {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const first = await lines.next();
  const open = openers[name];
  if (first.done === true || open === undefined) return;
  const contender = await open(problemOf(first.value));
  say({ ready: contender.says, compileMs: contender.compileMs });
  for (;;) {
    const line = await lines.next();
    if (line.done === true) return;
    const request = Request.decode(JSON.parse(line.value));
    if (E.isLeft(request)) throw new Error('expected a request');
    say(await answerTo(contender, request.right));
    if (request.right.op === 'finish') return;
  }
};

try {
  await main(process.argv[2] ?? '');
  process.exit(0);
} catch (error) {
  say({ refused: error instanceof Error ? error.message : String(error) });
  process.exit(0);
}
