/**
 * Refuses what does not fit in the memory of the `wasm` backend, before it is tried: the backend takes
 * the address 0 that it is given then for a place, and is broken for the rest of the process.
 */
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { MemoryError, availableBytes } from '../compile/memory.js';

/** Its memory ends here, by the module's own limit. */
const END = 2 ** 32 - 2 ** 16;

/** Kept for what kernels take beside their results. */
const RESERVE = 2 ** 26;

/** From so many bytes on the machine is asked as well. */
const LARGE = 2 ** 26;

/** What the module's types leave out. */
interface Allocator {
  readonly _malloc: (bytes: number) => number;
  readonly _free: (place: number) => void;
}

const isAllocator = (module: object): module is Allocator =>
  '_malloc' in module && typeof module._malloc === 'function' && '_free' in module;

const guarded = new WeakSet<object>();

/** Guards a backend; doing it again changes nothing. */
export const guardWasmMemory = (backend: BackendWasm): void => {
  if (guarded.has(backend)) return;
  guarded.add(backend);
  const move = backend.move.bind(backend);
  backend.move = (dataId, values, shape, dtype, refCount) => {
    if (dtype !== 'string') {
      const bytes = tf.util.sizeFromShape(shape) * tf.util.bytesPerElement(dtype);
      const what = `wasm: a tensor of shape [${shape.join(', ')}]`;
      const { wasm } = backend;
      const left = END - RESERVE - tf.engine().state.numBytes;
      if (!isAllocator(wasm)) throw new Error('wasm: the backend has no allocator');
      if (bytes > END - RESERVE) throw new MemoryError(what, bytes, left);
      if (bytes > LARGE && bytes > availableBytes()) {
        throw new MemoryError(what, bytes, availableBytes());
      }
      const place = wasm._malloc(bytes) >>> 0;
      const fits = place !== 0 && place + bytes <= END - RESERVE;
      if (place !== 0) wasm._free(place);
      if (!fits && bytes > 0) throw new MemoryError(what, bytes, left);
    }
    move(dataId, values, shape, dtype, refCount);
  };
};
