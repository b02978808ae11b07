/** Training to the end, for tests whose answer is known. */
import * as tf from '@tensorflow/tfjs';
import { type Program, adam, cosineDecay, elbo, key, svi } from 'marginalia';
import type { Params } from 'marginalia/inference';

export interface Training {
  readonly steps?: number;
  readonly rate?: number;
  readonly particles?: number;
  readonly closedFormKl?: 'whereValid' | 'never';
  /** Adam's memory of squared gradients. */
  readonly b2?: number;
}

/** Parameters after training with Adam, whose rate falls to 0; they are the caller's. */
export const train = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  {
    steps = 250,
    rate = 0.1,
    particles = 64,
    closedFormKl = 'whereValid',
    b2 = 0.999,
  }: Training = {},
): Params => {
  const inference = svi({
    model: () => model,
    guide: () => guide,
    objective: elbo({ particles, closedFormKl }),
    optimizer: adam(cosineDecay(rate, steps), { b2 }),
  });
  let state = inference.init(key(0), undefined);
  for (let i = 0; i < steps; i += 1) {
    const [next, metrics] = inference.step(state, undefined);
    tf.dispose([state.params, state.optimizer, metrics.loss, metrics.terms]);
    state = next;
  }
  tf.dispose(state.optimizer);
  return state.params;
};

/** The unconstrained entries of a parameter. */
export const numbers = (params: Params, name: string): readonly number[] => [
  ...(params[name]?.dataSync() ?? []),
];
