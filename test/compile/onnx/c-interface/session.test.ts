/** Sessions of the C interface: what they refuse, and that no life of a process with them ends badly. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../../src/graph/graph.js';
import { cInterface } from '../../../../src/compile/onnx/c-interface/runtime.js';
import type { BoundModel, Opened, Runtime } from '../../../../src/compile/onnx/runtime.js';
import { onnxBytes } from '../../../../src/compile/onnx/write.js';
import { right } from '../../../either.js';

const sum: Graph = {
  values: [
    { shape: [2], dtype: 'int32' },
    { shape: [0], dtype: 'float32' },
    { shape: [2], dtype: 'int32' },
    { shape: [0], dtype: 'float32' },
  ],
  constants: new Map(),
  nodes: [
    { kernel: 'Add', inputs: { a: 0, b: 0 }, attributes: {}, outputs: [2] },
    { kernel: 'Neg', inputs: { x: 1 }, attributes: {}, outputs: [3] },
  ],
  inputs: [
    { name: 'x', id: 0 },
    { name: 'none', id: 1 },
  ],
  outputs: [
    { name: 'y', id: 2 },
    { name: 'nothing', id: 3 },
  ],
};

const x = new Int32Array([1, -2]);
const y = new Int32Array(2);

const model: BoundModel = {
  bytes: right(onnxBytes(sum)),
  inputs: [
    { name: 'x', shape: [2], dtype: 'int32', values: x },
    { name: 'none', shape: [0], dtype: 'float32', values: new Float32Array() },
  ],
  outputs: [
    { name: 'y', shape: [2], dtype: 'int32', values: y },
    { name: 'nothing', shape: [0], dtype: 'float32', values: new Float32Array() },
  ],
};

const cpu = { threads: 1, executionProviders: ['cpu'] };

const opened = async (wanted: BoundModel): Promise<Opened> => {
  const runtime: E.Either<string, Runtime> = await cInterface();
  return right(runtime).open(wanted, cpu);
};

describe('a session', () => {
  it('reads and writes arrays where they lie, whole numbers and empty ones too', async () => {
    const { run, close } = await opened(model);
    await run();
    expect([...y]).toEqual([2, -4]);
    x.set([5, 6]);
    await run();
    expect([...y]).toEqual([10, 12]);
    await close();
  });

  it('that was closed refuses to run, and closes once', async () => {
    const { run, close } = await opened(model);
    await close();
    await close();
    expect(run).toThrow(/^onnx: expected a session that is open/);
  });

  it.each([
    ['a file that is none', { ...model, bytes: new Uint8Array(9) }, /protobuf/],
    ['a name that is not there', { ...model, inputs: model.inputs.slice(1) }, /Missing Input: x/],
    [
      'another shape',
      { ...model, inputs: model.inputs.map((port) => ({ ...port, shape: [1] })).slice(0, 1) },
      /Missing Input|invalid dimensions/,
    ],
  ])('says in the words of the runtime what is wrong with %s', async (_, wrong, words) => {
    const running = async (): Promise<void> => {
      const { run } = await opened(wrong);
      await run();
    };
    await expect(running()).rejects.toThrow(words);
  });
});

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** Collects what nobody holds, and what was held by that. */
const collected = async (): Promise<void> => {
  for (let turn = 0; turn < 4; turn += 1) {
    if (typeof collect === 'function') collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

/** A session over an input that nothing else holds. */
const sessionOverOwn = async (): Promise<{
  readonly session: Opened;
  readonly input: WeakRef<Int32Array>;
}> => {
  const values = new Int32Array([3, 4]);
  const [first, ...others] = model.inputs;
  if (first === undefined) throw new Error('expected an input');
  const session = await opened({ ...model, inputs: [{ ...first, values }, ...others] });
  return { session, input: new WeakRef(values) };
};

describe('the memory of a session', () => {
  it('stays while its function is kept, and goes with it', async () => {
    const held = await (async () => {
      const { session, input } = await sessionOverOwn();
      return { run: session.run, input };
    })();
    await collected();
    expect(held.input.deref()).toBeDefined();
    await held.run();
    expect([...y]).toEqual([6, 8]);
    const { input } = held;
    Reflect.deleteProperty(held, 'run');
    await collected();
    expect(input.deref()).toBeUndefined();
  });

  it('goes when it is closed', async () => {
    const { session, input } = await sessionOverOwn();
    await session.close();
    await collected();
    expect(input.deref()).toBeUndefined();
    expect(session.run).toThrow();
  });
});

const program = fileURLToPath(
  new URL('../../../../dist/test/compile/onnx/c-interface/lives.js', import.meta.url),
);

/** What a process says that lives so, and how it ended. */
const lived = (life: string): Promise<{ readonly said: string; readonly code: number | null }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['--expose-gc', program, life]);
    let said = '';
    child.stdout.on('data', (data) => (said += String(data)));
    child.stderr.on('data', (data) => (said += String(data)));
    child.on('close', (code) => resolve({ said, code }));
  });

describe('a process', () => {
  it.each(['ended', 'mixed', 'threads'])('with sessions that are %s ends well', async (life) => {
    expect(await lived(life)).toEqual({ said: '', code: 0 });
  });

  // Their arrays alone are 160 MB.
  it('keeps nothing of 200 sessions that were closed', async () => {
    const { said, code } = await lived('closed');
    expect(code).toBe(0);
    expect(Number(said)).toBeLessThan(20);
  });
});
