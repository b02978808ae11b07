/** A contender in a process of its own: `node worker.js NAME`, asked through stdin and stdout. */
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import * as E from 'fp-ts/lib/Either.js';
import { mapNamed, unpack } from './arrays.js';
import { type Block, blocksOf } from '../blocks.js';
import { caseNamed } from '../catalogue.js';
import { watchCollections } from '../collections.js';
import type { Contender, Problem } from './contender.js';
import { type Answer, Request, type Taken, Task } from './protocol.js';

const own = async (problem: Problem, threads?: number): Promise<Contender> =>
  (await import('../own/marginalia.js')).marginalia(problem, threads);

const tfjs = async (problem: Problem, backend: 'wasm' | 'cpu'): Promise<Contender> =>
  problem.of.kind === 'call'
    ? (await import('../peers/tfjs/call.js')).tfjsCall(problem, backend)
    : (await import('../peers/tfjs/peer.js')).tfjs(problem, backend);

const openers: Readonly<Record<string, (problem: Problem) => Promise<Contender>>> = {
  // Each is imported only where it is asked for: TensorFlow.js as a peer is TensorFlow.js alone,
  // without the two kernels of its WebAssembly backend that marginalia mends.
  marginalia: (problem) => own(problem),
  'one-thread': (problem) => own(problem, 1),
  'all-threads': (problem) => own(problem, availableParallelism()),
  hand: async (problem) => (await import('../own/hand.js')).hand(problem),
  matmul: async (problem) => (await import('../peers/matmul.js')).matmul(problem),
  'onnxruntime-node': async (problem) =>
    (await import('../peers/onnxruntime-node.js')).onnxruntimeNode(problem),
  'tfjs-wasm': (problem) => tfjs(problem, 'wasm'),
  'tfjs-cpu': (problem) => tfjs(problem, 'cpu'),
  'jax-js': async (problem) =>
    problem.of.kind === 'call'
      ? (await import('../peers/jax/call.js')).jaxCall(problem)
      : (await import('../peers/jax/peer.js')).jax(problem),
};

const problemOf = (line: string): Problem => {
  const task = Task.decode(JSON.parse(line));
  if (E.isLeft(task)) throw new Error('expected a task');
  const { case: asked, batches, initial, data } = task.right;
  return {
    of: caseNamed(asked.name),
    batches: batches.map((batch) => mapNamed(batch, unpack)),
    initial: mapNamed(initial, unpack),
    data,
  };
};

/** Steps in growing portions, to stop in time. */
const takeWithin = async ({ take }: Contender, steps: number, limit: number): Promise<Taken> => {
  const began = performance.now();
  const portions: (readonly number[])[] = [];
  let taken = 0;
  while (taken < steps) {
    const asked = Math.min(Math.max(1, taken), steps - taken);
    portions.push(await take(asked));
    taken += asked;
    if (performance.now() - began > limit) break;
  }
  return { steps: taken, ms: performance.now() - began, losses: portions.flat() };
};

/** A contender as it is asked. */
interface Asked {
  readonly contender: Contender;
  readonly run: (atLeast: number) => Promise<Block>;
  readonly collected: () => Promise<number>;
}

const answerTo = async (
  { contender, run, collected }: Asked,
  request: Request,
): Promise<Answer> => {
  switch (request.op) {
    case 'take':
      return takeWithin(contender, request.steps, request.limit);
    case 'run': {
      await collected();
      const block = await run(request.ms);
      return { ...block, collectionMs: await collected() };
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
  const asked = { contender, run: blocksOf(contender.take), collected: watchCollections() };
  say({ ready: contender.says, compileMs: contender.compileMs });
  for (;;) {
    const line = await lines.next();
    if (line.done === true) return;
    const request = Request.decode(JSON.parse(line.value));
    if (E.isLeft(request)) throw new Error('expected a request');
    say(await answerTo(asked, request.right));
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
