/** The tiny graph operation by operation. */
import * as tf from '@tensorflow/tfjs';
// oxlint-disable-next-line import/no-unassigned-import -- it registers the backend
import '@tensorflow/tfjs-backend-wasm';
import { at, mapNamed } from '../../contenders/arrays.js';
import type { Contender, Problem } from '../../contenders/contender.js';

export const tfjsCall = async (
  { batches }: Problem,
  backend: 'wasm' | 'cpu',
): Promise<Contender> => {
  if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} did not start`);
  await tf.ready();
  const inputs = mapNamed(batches[0] ?? {}, ({ shape, values }) => tf.tensor(values, [...shape]));
  const call = (): number => {
    const y = tf.tidy(() =>
      tf.sum(tf.tanh(tf.add(tf.matMul(at(inputs, 'x'), at(inputs, 'w')), at(inputs, 'b')))),
    );
    const [value = Number.NaN] = y.dataSync();
    y.dispose();
    return value;
  };
  return {
    says: `TensorFlow.js ${tf.version.tfjs}, ${backend}`,
    compileMs: null,
    take: async (calls) => Array.from({ length: calls }, call),
  };
};
