/** The tiny graph in one `jit`. */
import { defaultDevice, init, jit, numpy as np, tree } from '@jax-js/jax';
import { at, mapNamed } from '../../contenders/arrays.js';
import type { Contender, Problem } from '../../contenders/contender.js';
import type { Named } from './loss.js';

export const jaxCall = async ({ batches }: Problem): Promise<Contender> => {
  await init('wasm');
  defaultDevice('wasm');
  const f = jit((inputs: Named) =>
    np.sum(np.tanh(np.matmul(at(inputs, 'x'), at(inputs, 'w')).add(at(inputs, 'b')))),
  );
  const inputs = mapNamed(batches[0] ?? {}, ({ shape, values }) =>
    np.array(values, { shape: [...shape] }),
  );
  return {
    says: 'jax-js, jit, wasm',
    compileMs: null,
    take: async (calls) => Array.from({ length: calls }, () => f(tree.ref(inputs)).item()),
  };
};
