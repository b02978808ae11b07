/** A graph in ONNX Runtime: what is asked of it, and what is said where it is refused. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from 'marginalia';
import { graphOf } from 'marginalia/compile';
import { boundTo } from '../../../src/compile/compile.js';
import type { Bound } from '../../../src/compile/executable.js';
import type { Binding } from '../../../src/compile/onnx/binding.js';
import { onnxExecutable } from '../../../src/compile/onnx/executable.js';
import { bestRuntime } from '../../../src/compile/onnx/installed.js';
import type { Runtime } from '../../../src/compile/onnx/runtime.js';
import { right } from '../../either.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

const doubled = (): Bound =>
  boundTo(right(graphOf(({ x = tf.scalar(0) }) => ({ y: tf.add(x, x) }), { x: tf.ones([3]) })));

const refusing: Runtime = {
  by: 'a runtime',
  isDirect: true,
  open: async () => {
    throw new Error('no room');
  },
};

const noBinding = (): Promise<Binding> => Promise.reject(new Error('Cannot find package'));

describe('a graph', () => {
  it('is read and written where its arrays are, and says what runs it', async () => {
    const bound = doubled();
    const made = right(await onnxExecutable(bound, { threads: 1 }));
    expect(made.by).toBe('ONNX Runtime (cpu; 1 thread)');
    bound.inputs['x']?.set([1, 2, 3]);
    // The C interface is synchronous: what it returns is no promise.
    expect(made.run()).toBeUndefined();
    expect([...(bound.outputs['y'] ?? [])]).toEqual([2, 4, 6]);
    await made.close();
  });

  it('that the runtime refuses is an error in its own words', async () => {
    const made = await onnxExecutable(doubled(), {}, async () => refusing);
    expect(made).toEqual(E.left({ _tag: 'runtimeRefused', reason: 'no room' }));
  });

  it.each(['cuda', 'dml', 'nonsense'])(
    'refuses the provider %s where it is not there',
    async (name) => {
      const made = await onnxExecutable(doubled(), { executionProviders: [name, 'cpu'] });
      expect(made).toEqual(
        E.left({
          _tag: 'runtimeRefused',
          reason: expect.stringMatching(/not supported|Unknown|Failed/),
        }),
      );
    },
  );
});

describe('the road to the runtime', () => {
  it('is the binding where there is no C interface, and says so', async () => {
    const runtime = await bestRuntime(
      async () => E.left('koffi is not installed'),
      () => import('onnxruntime-node'),
    );
    const bound = doubled();
    const made = right(await onnxExecutable(bound, { threads: 1 }, async () => runtime));
    expect(made.by).toBe(
      'ONNX Runtime through onnxruntime-node, because koffi is not installed (cpu; 1 thread)',
    );
    bound.inputs['x']?.set([1, 2, 3]);
    await made.run();
    expect([...(bound.outputs['y'] ?? [])]).toEqual([2, 4, 6]);
    await made.close();
  });

  it('is none where nothing is installed: an error with the command that installs it', async () => {
    const nothing = await bestRuntime(async () => E.left('no library'), noBinding);
    expect(nothing).toBeUndefined();
    expect(await onnxExecutable(doubled(), {}, async () => nothing)).toEqual(
      E.left({
        _tag: 'runtimeMissing',
        command: expect.stringMatching(/^npm install .*onnxruntime-node/),
      }),
    );
  });
});
