/** Inputs and outputs of compiled functions by any name. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { compile, exportOnnx } from 'marginalia/compile';
import { afterAll, describe, expect, it } from 'vitest';
import { hostileNames } from '../../src/testing/programs/hostile-names.js';
import { right } from '../either.js';

const at = (tensors: Readonly<Record<string, tf.Tensor>>, name: string): tf.Tensor =>
  (Object.hasOwn(tensors, name) ? tensors[name] : undefined) ?? tf.scalar(Number.NaN);

describe.each(['javascript', 'onnxruntime'] as const)('a function compiled by %s', (executor) => {
  it('takes and gives every name', async () => {
    const example = Object.fromEntries(hostileNames.map((name, i) => [name, tf.scalar(i)]));
    const doubled = (inputs: Readonly<Record<string, tf.Tensor>>) =>
      Object.fromEntries(hostileNames.map((name) => [name, tf.mul(at(inputs, name), 2)]));
    const made = right(await compile(doubled, example, { executor })());
    const found = await made.run(example);
    await made.close();
    expect(Object.keys(found).toSorted()).toEqual(hostileNames.toSorted());
    for (const [i, name] of hostileNames.entries()) {
      expect(at(found, name).dataSync()[0], name).toBe(2 * i);
    }
  });

  it('misses an input that only a prototype has', async () => {
    const double = (inputs: Readonly<Record<string, tf.Tensor>>) => ({
      y: tf.mul(at(inputs, 'constructor'), 2),
    });
    const example = { ['constructor']: tf.scalar(1) };
    const made = right(await compile(double, example, { executor })());
    await expect(made.run({})).rejects.toThrow("the input 'constructor'");
    await made.close();
  });
});

describe('an exported function', () => {
  const folder = mkdtempSync(join(tmpdir(), 'marginalia-names-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('keeps the names of its inputs and outputs', async () => {
    const path = join(folder, 'names.onnx');
    const example = Object.fromEntries(hostileNames.map((name) => [name, tf.scalar(1)]));
    const next = (inputs: Readonly<Record<string, tf.Tensor>>) =>
      Object.fromEntries(hostileNames.map((name) => [`of ${name}`, tf.exp(at(inputs, name))]));
    right(await exportOnnx(next, example, path)());
    const script = join(folder, 'names.mjs');
    const runtime = new URL('../../node_modules/onnxruntime-node/dist/index.js', import.meta.url);
    writeFileSync(
      script,
      `import ort from ${JSON.stringify(runtime.pathname)};
       const session = await ort.InferenceSession.create(${JSON.stringify(path)});
       console.log(JSON.stringify([session.inputNames, session.outputNames]));`,
    );
    const printed: unknown = JSON.parse(
      execFileSync(process.execPath, [script], { encoding: 'utf8' }),
    );
    const names = Object.keys(example);
    expect(printed).toEqual([names, hostileNames.map((name) => `of ${name}`)]);
  });
});
