/** ONNX Runtime is asked for what it promises, and tried for what it does not. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { graphOf, useBackend } from '../../src/index.js';
import { boundTo } from '../../src/compile/compile.js';
import type { Bound } from '../../src/compile/executable.js';
import { type Runtime, onnxExecutable } from '../../src/compile/onnx/session.js';
import * as E from 'fp-ts/lib/Either.js';
import { right } from '../either.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

const doubled = (): Bound =>
  boundTo(right(graphOf(({ x = tf.scalar(0) }) => ({ y: tf.add(x, x) }), { x: tf.ones([3]) })));

type Results = Readonly<Record<string, { readonly data: unknown }>>;

/** What a runtime makes of its results and of what it was given to put them in, if it was. */
type Answer = (results: Results, given: Results | undefined) => Results;

/** A runtime in the place of the installed one, which doubles its only input. */
const pretending = async (
  answer: Answer,
  release: () => Promise<void> = async () => undefined,
): Promise<Runtime> => {
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
        release,
      }),
    },
  };
};

const answers: readonly { readonly what: string; readonly answer: Answer }[] = [
  {
    what: 'that hands preallocated outputs back as they were',
    answer: (results, given) => given ?? results,
  },
  { what: 'that gives its results in arrays of its own', answer: (results) => results },
];

describe('a runtime', () => {
  it.each(answers)('$what is read all the same', async ({ answer }) => {
    const bound = doubled();
    const runtime = await pretending(answer);
    const made = right(await onnxExecutable(bound, {}, async () => runtime));
    for (const values of [
      [1, 2, 3],
      [0, 0, 0],
      [1, 0, -1],
    ]) {
      bound.inputs['x']?.set(values);
      await made.run();
      expect([...(bound.outputs['y'] ?? [])]).toEqual(values.map((v) => 2 * v));
    }
  });

  it('that is installed writes into the arrays', async () => {
    const bound = doubled();
    const made = right(await onnxExecutable(bound, { threads: 1 }));
    bound.inputs['x']?.set([1, 2, 3]);
    await made.run();
    expect([...(bound.outputs['y'] ?? [])]).toEqual([2, 4, 6]);
    await made.close();
  });

  it('that fails in its first run is refused, and its session is released', async () => {
    const release = vi.fn(async () => undefined);
    const runtime = await pretending(() => {
      throw new Error('no room');
    }, release);
    const made = await onnxExecutable(doubled(), {}, async () => runtime);
    expect(made).toEqual(E.left({ tag: 'runtimeRefused', reason: 'no room' }));
    expect(release).toHaveBeenCalledOnce();
  });

  it('that is missing is an error with the command that installs it', async () => {
    const made = await onnxExecutable(doubled(), {}, async () => undefined);
    expect(made).toEqual(
      E.left({
        tag: 'runtimeMissing',
        command: expect.stringMatching(/^npm install .*onnxruntime-node/),
      }),
    );
  });
});
