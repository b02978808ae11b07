/** Without ONNX Runtime everything trains, and what would be faster is said once. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Tensor,
  adam,
  elbo,
  fit,
  freeState,
  key,
  normal,
  observe,
  plate,
  program,
  rowsOf,
  svi,
  useBackend,
} from 'marginalia';
import { compile } from 'marginalia/compile';
import { evaluator } from 'marginalia/inference';
import { of } from 'marginalia/monad';
import { mlp } from 'marginalia/nn';
import { randomNormal } from 'marginalia/random';
import { right } from '../../either.js';

vi.mock('../../../src/compile/onnx/installed.js', () => ({
  installedRuntime: async () => undefined,
}));

beforeAll(async () => {
  await useBackend('wasm')();
});

const inference = (hidden: readonly number[]) =>
  svi({
    model: (x: Tensor) =>
      plate(
        'rows',
        x.shape[0] ?? 0,
        program(function* () {
          const mean = yield* mlp('net', { hidden: [...hidden], out: 3 })(x);
          yield* observe('y', normal(tf.sum(mean, -1), 1), tf.sum(x, -1));
        }),
      ),
    guide: () => of({}),
    objective: elbo(),
    optimizer: adam(1e-3),
  });

const train = async (hidden: readonly number[], rows: number) => {
  const [notes, warnings] = [new Array<string>(), new Array<string>()];
  const fitted = right(
    await fit({
      svi: inference(hidden),
      data: rowsOf(randomNormal(key(1), rows * 40), [40]),
      batchSize: Math.min(rows, 64),
      length: { epochs: 2 },
      key: key(0),
      onEngine: (note) => notes.push(note),
      onWarning: (warning) => warnings.push(warning),
    })(),
  );
  freeState(fitted.state);
  return { notes, warnings };
};

describe('without ONNX Runtime', () => {
  it('it is said once, with the command, where it would have been chosen', async () => {
    const { notes, warnings } = await train([300, 300], 100);
    expect(notes).toHaveLength(2);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^marginalia: ONNX Runtime is not installed; install it with: npm install [^\n]+$/,
      ),
    ]);
  });

  it('it is not said where it would not have been chosen', async () => {
    const { notes, warnings } = await train([], 4);
    expect(notes).toEqual([expect.stringMatching(/^compiled: .*JavaScript/)]);
    expect(warnings).toEqual([]);
  });

  it('steps are taken eagerly where generated loops cost more', async () => {
    const { notes } = await train([300, 300], 64);
    expect(notes).toEqual([expect.stringMatching(/^eager on wasm for a batch \[64, 40\]/)]);
  });

  it('evaluation and compiled functions say so as well', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: string): void => void warnings.push(warning);
    const made = inference([300, 300]);
    const x = tf.ones([64, 40]);
    const state = made.init(key(0), x);
    const evaluation = evaluator(made, { onWarning });
    for (let i = 0; i < 2; i += 1) await evaluation.bound(state, x);
    expect(warnings).toHaveLength(1);
    await evaluation.close();
    freeState(state);
    const square = ({ a = tf.scalar(0) }: { readonly a?: Tensor }) => ({ y: tf.matMul(a, a) });
    const compiled = right(await compile(square, { a: tf.ones([200, 200]) }, { onWarning })());
    expect(compiled.by).toMatch(/JavaScript/);
    expect(warnings).toHaveLength(2);
    await compiled.close();
  });
});
