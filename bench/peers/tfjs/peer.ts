/** TensorFlow.js as it is installed: its own gradients, its own Adam, its own random numbers. */
import * as tf from '@tensorflow/tfjs';
// oxlint-disable-next-line import/no-unassigned-import -- it registers the backend
import '@tensorflow/tfjs-backend-wasm';
import { mapNamed } from '../../contenders/arrays.js';
import { isByHand } from '../../case.js';
import type { Contender, Problem } from '../../contenders/contender.js';
import { arrange } from '../arrange.js';
import { lossOf } from './loss-of.js';

export const tfjs = async (
  { of, batches, initial }: Problem,
  backend: 'wasm' | 'cpu',
): Promise<Contender> => {
  if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} did not start`);
  await tf.ready();
  if (!isByHand(of)) throw new Error(`${of.name} is not written by hand`);
  const loss = lossOf(of);
  const tensors = batches.map((batch) =>
    mapNamed(batch, ({ shape, values }) => tf.tensor(values, [...shape])),
  );
  const params = mapNamed(arrange(of, initial), ({ shape, values }) =>
    tf.variable(tf.tensor(values, [...shape])),
  );
  const optimizer = tf.train.adam(of.rate, 0.9, 0.999, 1e-8);
  let at = 0;
  return {
    says: `TensorFlow.js ${tf.version.tfjs}, ${backend}`,
    compileMs: null,
    take: async (steps) => {
      const losses: number[] = [];
      for (let i = 0; i < steps; i += 1) {
        const batch = tensors[at % tensors.length] ?? {};
        at += 1;
        const value = optimizer.minimize(
          () => loss(params, (_, shape) => tf.randomNormal([...shape]), batch).asScalar(),
          true,
          Object.values(params),
        );
        const [number = Number.NaN] = value?.dataSync() ?? [];
        value?.dispose();
        losses.push(number);
      }
      return losses;
    },
  };
};
