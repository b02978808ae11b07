/** What a process holds. */
import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs';
import * as t from 'io-ts';

export interface Held {
  /** Resident memory once garbage is collected, in bytes. */
  readonly bytes: number;
  /** Threads of the process; `null` where the system does not tell. */
  readonly threads: number | null;
  readonly tensors: number;
}

const collector = (): (() => unknown) => {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (!t.Function.is(gc)) throw new Error('this engine collects garbage only when it wants to');
  return () => gc();
};

const threadsNow = (): number | null => {
  try {
    return readdirSync('/proc/self/task').length;
  } catch {
    return null;
  }
};

/** Looks at what is held, once the garbage is away. */
export const watchMemory = (): (() => Held) => {
  const collect = collector();
  return () => {
    collect();
    return {
      bytes: process.memoryUsage.rss(),
      threads: threadsNow(),
      tensors: tf.memory().numTensors,
    };
  };
};
