/**
 * What a process does with sessions, one life a run: it ends well, or it does not end. Called by its
 * test with the name of a life.
 */
import { Worker, isMainThread, workerData } from 'node:worker_threads';
import * as E from 'fp-ts/lib/Either.js';
import type { Graph } from '../../../../src/graph/graph.js';
import { bindingRuntime } from '../../../../src/compile/onnx/binding.js';
import { cInterface } from '../../../../src/compile/onnx/c-interface/runtime.js';
import type { Opened, Runtime } from '../../../../src/compile/onnx/runtime.js';
import { onnxBytes } from '../../../../src/compile/onnx/write.js';

const SIZE = 256;
const SHAPE = [SIZE, SIZE];
const MATRIX = { shape: SHAPE, dtype: 'float32' } as const;

const product: Graph = {
  values: [MATRIX, MATRIX, MATRIX],
  constants: new Map(),
  nodes: [
    {
      kernel: 'BatchMatMul',
      inputs: { a: 0, b: 1 },
      attributes: { transposeA: false, transposeB: false },
      outputs: [2],
    },
  ],
  inputs: [
    { name: 'x', id: 0 },
    { name: 'w', id: 1 },
  ],
  outputs: [{ name: 'y', id: 2 }],
};

const matrix = (name: string) => ({
  name,
  ...MATRIX,
  values: new Float32Array(SIZE * SIZE).fill(1),
});

const open = async (runtime: Runtime, threads: number): Promise<Opened> => {
  const bytes = onnxBytes(product);
  if (E.isLeft(bytes)) throw new Error(bytes.left._tag);
  return runtime.open(
    { bytes: bytes.right, inputs: [matrix('x'), matrix('w')], outputs: [matrix('y')] },
    { threads, executionProviders: ['cpu'] },
  );
};

const direct = async (): Promise<Runtime> => {
  const made = await cInterface();
  if (E.isLeft(made)) throw new Error(made.left);
  return made.right;
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const lives: Readonly<Record<string, () => Promise<unknown>>> = {
  /** Prints the megabytes that 200 sessions leave which were closed, after some that warm it up. */
  closed: async () => {
    const runtime = await direct();
    const sessions = async (count: number): Promise<number> => {
      for (let at = 0; at < count; at += 1) {
        const { run, close } = await open(runtime, 1 + (at % 3));
        await run();
        await close();
      }
      globalThis.gc?.();
      return process.memoryUsage().rss / 2 ** 20;
    };
    const before = await sessions(50);
    console.log((await sessions(200)) - before);
  },
  /** Ends the process with a session open, from a timer between its runs. */
  ended: async () => {
    const { run } = await open(await direct(), 2);
    setTimeout(() => process.exit(0), 100);
    const again = (): void => {
      void run();
      setImmediate(again);
    };
    again();
  },
  /** Both roads in one process, the binding's environment made first. */
  mixed: async () => {
    const binding = bindingRuntime(await import('onnxruntime-node'), 'it is tried here');
    const theirs = await open(binding, 2);
    await theirs.run();
    const ours = await open(await direct(), 2);
    await ours.run();
    await theirs.run();
    await ours.close();
    await theirs.close();
  },
  /** Stops threads in the middle of their runs, and goes on by itself. */
  threads: async () => {
    const { run } = await open(await direct(), 2);
    for (let at = 0; at < 2; at += 1) {
      const begun = new Int32Array(new SharedArrayBuffer(4));
      const worker = new Worker(new URL(import.meta.url), { workerData: begun });
      while (Atomics.load(begun, 0) === 0) await pause(5);
      await pause(10);
      await run();
      await worker.terminate();
      await run();
    }
  },
};

/** Runs until the thread is stopped. */
const withoutEnd = async (begun: Int32Array): Promise<never> => {
  const { run } = await open(await direct(), 2);
  Atomics.store(begun, 0, 1);
  for (;;) void run();
};

if (isMainThread) {
  const life = lives[process.argv[2] ?? ''];
  if (life === undefined) throw new Error(`expected one of ${Object.keys(lives).join(', ')}`);
  await life();
} else if (workerData instanceof Int32Array) {
  await withoutEnd(workerData);
}
