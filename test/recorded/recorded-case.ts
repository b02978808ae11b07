/** A fixed inference at fixed parameters, data and key: its loss, and the gradient of each parameter. */
import * as tf from '@tensorflow/tfjs';
import { type Svi, type SviState, type Tensor, freeState, key } from 'marginalia';
import { executableOf } from '../../src/compile/compile.js';
import type { Bound, Executable } from '../../src/compile/executable.js';
import { interpretedExecutable } from '../compile/interpreter/interpreted-executable.js';
import { compiledDerivatives } from '../compile/compiled-derivatives.js';
import { right } from '../either.js';

/** What is recorded of a case, of each phase where there are several. */
export interface Derivatives {
  readonly loss: number;
  /** Flat and row-major, named as `svi.gradients` names them. */
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

export interface RecordedCase {
  readonly name: string;
  /** By `svi.step` and `svi.gradients`. */
  readonly eager: () => Derivatives;
  /** By the graphs of a compiled step, in whatever is chosen for them. */
  readonly compiled: () => Promise<Derivatives>;
  /** By the same graphs, kernel by kernel. */
  readonly interpreted: () => Promise<Derivatives>;
}

/** Where an inference is looked at. */
export interface At {
  /** After how many steps, for schedules; 0 where it is left out. */
  readonly step?: number;
  /** Every number that the objective remembers, such as an average; as at the start where it is left out. */
  readonly remembers?: number;
}

const plain = (tensors: Readonly<Record<string, Tensor>>): Derivatives['gradients'] =>
  Object.fromEntries(
    Object.entries(tensors)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, x]) => [name, [...x.dataSync()]]),
  );

/** A case of an inference with its batch, which are made anew for each look at it. */
export const recordedCase = <B>(
  name: string,
  make: () => { readonly svi: Svi<B>; readonly batch: B },
  { step = 0, remembers }: At = {},
): RecordedCase => {
  const started = (): { readonly svi: Svi<B>; readonly batch: B; readonly state: SviState } => {
    const { svi, batch } = make();
    const first = svi.init(key(11), batch);
    const carry =
      remembers === undefined
        ? first.carry
        : Object.fromEntries(
            Object.entries(first.carry).map(([n, x]) => [n, tf.fill(x.shape, remembers)]),
          );
    return { svi, batch, state: { ...first, step, carry } };
  };
  const byGraphs = async (by: (bound: Bound) => Promise<Executable>): Promise<Derivatives> => {
    const { svi, batch, state } = started();
    const { losses, gradients } = await compiledDerivatives(svi, state, batch, by);
    const found = { loss: losses[svi.reported] ?? Number.NaN, gradients: plain(gradients) };
    freeState(state);
    tf.dispose(gradients);
    return found;
  };
  return {
    name,
    eager: () => {
      const { svi, batch, state } = started();
      const gradients = svi.gradients(state, batch);
      const [next, metrics] = svi.step(state, batch);
      const found = { loss: metrics.loss.dataSync()[0] ?? Number.NaN, gradients: plain(gradients) };
      [state, next].forEach(freeState);
      tf.dispose(gradients);
      return found;
    },
    compiled: () => byGraphs(async (bound) => right(await executableOf(bound))),
    interpreted: () => byGraphs(async (bound) => interpretedExecutable(bound)),
  };
};
