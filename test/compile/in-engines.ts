/** The same function by every engine: eagerly, as generated code, in ONNX Runtime. */
import * as tf from '@tensorflow/tfjs';
import { type Key, type Tensor, key } from 'marginalia';
import type { Params } from 'marginalia/inference';
import type { NoiseSource } from 'marginalia/random';
import { functionRunner } from '../../src/inference/compiled/function-runner.js';

export const engines = ['eager', 'javascript', 'onnxruntime'] as const;

export type EngineName = (typeof engines)[number];

export type Numbers = Readonly<Record<string, readonly number[]>>;

/** What a function of parameters, noise and named tensors gives in one engine, as plain numbers. */
export const numbersBy = async (
  engine: EngineName,
  f: (params: Params, noise: NoiseSource, batch: Params) => Readonly<Record<string, Tensor>>,
  params: Params = {},
  batch: Params = {},
  seed: Key = key(0),
): Promise<Numbers> => {
  const options =
    engine === 'eager'
      ? ({ engine: 'eager' } as const)
      : ({ engine: 'compiled', executor: engine } as const);
  const { run, close } = functionRunner(f, options);
  const made = await run(params, batch, seed);
  const numbers = Object.fromEntries(
    Object.entries(made).map(([name, x]) => [name, [...x.dataSync()]]),
  );
  tf.dispose(made);
  await close();
  return numbers;
};
