/** Export: a standard file that another program runs. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Tensor, useBackend } from 'marginalia';
import { exportOnnx } from 'marginalia/compile';
import { initializers } from 'marginalia/nn';
import { wave } from '../compiled-values.js';
import { right } from '../../either.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

describe('exportOnnx', () => {
  const folder = mkdtempSync(join(tmpdir(), 'marginalia-onnx-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('writes a file that another program runs to the same numbers', async () => {
    const path = join(folder, 'decoder.onnx');
    const w = initializers.glorotUniform([3, 5]).push(
      tf.tensor2d(
        Array.from({ length: 15 }, (_, i) => i / 15),
        [3, 5],
      ),
    );
    const decoder = ({ z = tf.scalar(0) }: Readonly<Record<string, Tensor>>) => ({
      image: tf.sigmoid(tf.matMul(z, w)),
    });
    const z = wave([2, 3]);
    right(await exportOnnx(decoder, { z }, path)());
    const script = join(folder, 'serve.mjs');
    writeFileSync(
      script,
      `import ort from ${JSON.stringify(new URL('../../../node_modules/onnxruntime-node/dist/index.js', import.meta.url).pathname)};
       const session = await ort.InferenceSession.create(${JSON.stringify(path)});
       const z = new ort.Tensor('float32', Float32Array.from(${JSON.stringify(Array.from(z.dataSync()))}), [2, 3]);
       const { image } = await session.run({ z });
       console.log(JSON.stringify([session.inputNames, session.outputNames, image.dims, Array.from(image.data)]));`,
    );
    const printed: unknown = JSON.parse(
      execFileSync(process.execPath, [script], { encoding: 'utf8' }),
    );
    const expected = Array.from(decoder({ z }).image.dataSync(), (v) => expect.closeTo(v, 5));
    expect(printed).toEqual([['z'], ['image'], [2, 5], expected]);
  });
});
