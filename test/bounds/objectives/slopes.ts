/** Gradients of an inference as plain numbers. */
import * as tf from '@tensorflow/tfjs';
import { type Svi, type Tensor, key } from 'marginalia';

export const numbers = (x?: Tensor): readonly number[] => [...(x?.dataSync() ?? [Number.NaN])];

/** The gradients of an inference of no batch at its start, as numbers. */
export const slopesOf = (made: Svi<void>, seed = 0): Readonly<Record<string, number>> =>
  tf.tidy(() => {
    const state = made.init(key(seed), undefined);
    const found = made.gradients(state, undefined);
    return Object.fromEntries(
      Object.entries(found).map(([name, x]) => [name, numbers(x)[0] ?? Number.NaN]),
    );
  });
