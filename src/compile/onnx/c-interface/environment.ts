/**
 * ONNX Runtime as a process has it: the library, its functions, and one pool of threads for all
 * sessions, whose threads would else spin against each other.
 */
import type { LibraryHandle } from 'koffi';
import { cores } from '../cores.js';
import { type Functions, type Koffi, addressFrom, functionsOf } from './functions.js';

/** What sessions are opened in. */
export interface Environment {
  readonly ort: Functions;
  readonly env: bigint;
  /** Where values lie: in memory of ours. */
  readonly memory: bigint;
  /** How many threads the pool has, the caller's among them. */
  readonly pool: number;
  /** The address of memory of ours, which must not be moved or freed. */
  readonly addressOf: (memory: ArrayBufferView) => bigint;
  /** Keeps the library loaded. */
  readonly library: LibraryHandle;
}

/** What went wrong comes back as a status, so that only what ends the process is logged. */
export const SEVERITY = 4;

/** Device memory and its default kind, as the header numbers them. */
const [ALLOCATOR, MEMORY_TYPE] = [0, 0];

/** Loads a library, and makes the environment in it. Throws where the library is another. */
export const environmentOf = (koffi: Koffi, path: string): Environment => {
  const library = koffi.load(path);
  const ort = functionsOf(koffi, library);
  const pool = cores();
  const threading = addressFrom((room) => ort.CreateThreadingOptions(room));
  try {
    ort.SetGlobalIntraOpNumThreads(threading, pool);
    const env = addressFrom((room) =>
      ort.CreateEnvWithGlobalThreadPools(SEVERITY, 'marginalia', threading, room),
    );
    const memory = addressFrom((room) => ort.CreateCpuMemoryInfo(ALLOCATOR, MEMORY_TYPE, room));
    return { ort, env, memory, pool, library, addressOf: (view) => koffi.address(view) };
  } finally {
    ort.ReleaseThreadingOptions(threading);
  }
};
