/** jax-js: gradients, Adam and random numbers in one `jit`, on its WebAssembly device. */
import { defaultDevice, init, jit, numpy as np, random, tree, valueAndGrad } from '@jax-js/jax';
import { type NumberArray, mapNamed } from '../../contenders/arrays.js';
import { isByHand } from '../../case.js';
import type { Contender, Problem } from '../../contenders/contender.js';
import { arrange } from '../arrange.js';
import { type AdamState, initial as adamInitial, update } from './adam.js';
import type { Named } from './loss.js';
import { lossOf } from './loss-of.js';

const arrayOf = ({ shape, values }: NumberArray): np.Array =>
  np.array(values, { shape: [...shape] });

export const jax = async ({ of, batches, initial }: Problem): Promise<Contender> => {
  if (!isByHand(of) || of.kind === 'vae-conv') throw new Error(`${of.name} is not written by hand`);
  // Asked for by name, because without one it looks for a GPU where Node has no `navigator`.
  await init('wasm');
  defaultDevice('wasm');
  const gradient = valueAndGrad(lossOf(of));
  const step = jit((params: Named, state: AdamState, key: np.Array, batch: Named) => {
    const keys = random.split(key);
    const [loss, gradients] = gradient(tree.ref(params), keys.ref.slice(0), batch);
    const [next, after] = update(params, gradients, state, of.rate);
    return { loss, params: next, state: after, key: keys.slice(1) };
  });
  const data = batches.map((batch) => mapNamed(batch, arrayOf));
  let params = mapNamed(arrange(of, initial), arrayOf);
  let state = adamInitial(params);
  let key = random.key(0);
  let at = 0;
  const began = performance.now();
  // Compiled by a step that does not count: it is a function of what it is given.
  const trial = step(tree.ref(params), tree.ref(state), key.ref, tree.ref(data[0] ?? {}));
  tree.dispose(trial);
  const compileMs = performance.now() - began;
  const advance = (): number => {
    const next = step(params, state, key, tree.ref(data[at % data.length] ?? {}));
    at += 1;
    [params, state, key] = [next.params, next.state, next.key];
    return next.loss.item();
  };
  return {
    says: 'jax-js, jit, wasm',
    compileMs,
    take: async (steps) => Array.from({ length: steps }, advance),
  };
};
