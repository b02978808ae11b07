/** A binding is tried for what it does not promise: that it writes into the arrays that it is given. */
import { describe, expect, it, vi } from 'vitest';
import { type Binding, bindingRuntime } from '../../../src/compile/onnx/binding.js';
import type { BoundModel, Opened } from '../../../src/compile/onnx/runtime.js';

type Results = Readonly<Record<string, { readonly data: unknown }>>;

/** What a binding makes of its results and of what it was given to put them in, if it was. */
type Answer = (results: Results, given: Results | undefined) => Results;

const released = vi.fn(async () => undefined);

/** A binding in the place of the installed one, which doubles its only input. */
const pretending = async (answer: Answer): Promise<Binding> => {
  const { Tensor } = await import('onnxruntime-node');
  return {
    Tensor,
    InferenceSession: {
      create: async () => ({
        run: async (feeds, fetches) => {
          const values = Object.values(feeds)[0]?.data;
          if (!(values instanceof Float32Array)) throw new Error('expected an input');
          const data = values.map((v) => 2 * v);
          return Array.isArray(fetches)
            ? answer({ [fetches[0] ?? '']: { data } }, undefined)
            : answer({ [Object.keys(fetches)[0] ?? '']: { data } }, fetches);
        },
        release: released,
      }),
    },
  };
};

const [x, y] = [new Float32Array(3), new Float32Array(3)];

const model: BoundModel = {
  bytes: new Uint8Array(),
  inputs: [{ name: 'x', shape: [3], dtype: 'float32', values: x }],
  outputs: [{ name: 'y', shape: [3], dtype: 'float32', values: y }],
};

const opened = async (answer: Answer): Promise<Opened> =>
  bindingRuntime(await pretending(answer), 'it is tried here').open(model, {
    threads: 1,
    executionProviders: ['cpu'],
  });

const answers: readonly { readonly what: string; readonly answer: Answer }[] = [
  {
    what: 'that hands preallocated outputs back as they were',
    answer: (results, given) => given ?? results,
  },
  { what: 'that gives its results in arrays of its own', answer: (results) => results },
];

describe('a binding', () => {
  it.each(answers)('$what is read all the same', async ({ answer }) => {
    const { run } = await opened(answer);
    for (const values of [
      [1, 2, 3],
      [0, 0, 0],
      [1, 0, -1],
    ]) {
      x.set(values);
      await run();
      expect([...y]).toEqual(values.map((v) => 2 * v));
    }
  });

  it('that fails in its first run has its session released', async () => {
    released.mockClear();
    const failing = opened(() => {
      throw new Error('no room');
    });
    await expect(failing).rejects.toThrow('no room');
    expect(released).toHaveBeenCalledOnce();
  });

  it('that was closed refuses to run, and is closed once', async () => {
    released.mockClear();
    const { run, close } = await opened((results) => results);
    await close();
    await close();
    expect(released).toHaveBeenCalledOnce();
    await expect(run()).rejects.toThrow(/^onnx: expected a session that is open/);
  });
});
