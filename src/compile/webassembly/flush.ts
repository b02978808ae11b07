/** Puts zero for numbers below the normal ones, over stretches of one memory. */
import { type ImportMemory, Module, br_if, f32x4, func, i32, local, loop, v128 } from 'wasmati';
import { exported } from './exported.js';

/** The least normal float32, 2^−126. */
const LEAST = 2 ** -126;

const VECTOR = 16;

/** Bytes from one place to another. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Whole vectors around arrays, those that touch as one: what lies between two of them is padding. */
export const stretchesOf = (arrays: readonly ArrayBufferView[]): readonly Stretch[] =>
  arrays
    .filter(({ byteLength }) => byteLength > 0)
    .toSorted((a, b) => a.byteOffset - b.byteOffset)
    .reduce<readonly Stretch[]>((found, { byteOffset, byteLength }) => {
      const from = Math.floor(byteOffset / VECTOR) * VECTOR;
      const to = Math.ceil((byteOffset + byteLength) / VECTOR) * VECTOR;
      const last = found.at(-1);
      return last !== undefined && from <= last.to
        ? [...found.slice(0, -1), { from: last.from, to: Math.max(to, last.to) }]
        : [...found, { from, to }];
    }, []);

/** What looks through float32 numbers once. What is not a number stays that. */
export const flushOver = async (
  memory: ImportMemory,
  stretches: readonly Stretch[],
): Promise<() => void> => {
  const flush = func({ in: [], locals: [i32, v128], out: [] }, (_, [at, x]) => {
    for (const { from, to } of stretches) {
      local.set(at, from);
      loop({}, (top) => {
        local.set(x, v128.load({}, at));
        const place = local.get(at);
        const value = local.get(x);
        const below = f32x4.lt(f32x4.abs(x), v128.const('f32x4', [LEAST, LEAST, LEAST, LEAST]));
        v128.store({}, place, v128.andnot(value, below));
        i32.add(at, VECTOR);
        local.tee(at);
        i32.const(to);
        i32.lt_u();
        br_if(top);
      });
    }
  });
  const { instance } = await Module({ exports: { flush }, memory }).instantiate();
  return exported(instance.exports, 'flush');
};
