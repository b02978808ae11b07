/**
 * Which latent sites a tensor was computed from. TensorFlow.js records every operation on its
 * gradient tape, so the dependence is read off the data flow itself: no numeric probing, and no
 * assumption about the order of sites.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { acrossTape, orderTape } from '../tape.js';

/** What a tensor was computed from. */
export interface Origin {
  /** The sites, directly or through others. */
  readonly sites: ReadonlySet<string>;
  /** The parameters, not through the value of a site. */
  readonly params: ReadonlySet<string>;
}

export interface Provenance {
  readonly of: (x: Tensor) => Origin;
  /** The sites whose values were turned into integers, as an index is. */
  readonly indexing: ReadonlySet<string>;
}

/** Declares that a tensor is the value of a site or a parameter. */
export type Mark = (name: string, value: Tensor) => void;

const nothing: ReadonlySet<string> = new Set();

/**
 * Runs `body` with the tape on, then `read` with the provenance of every tensor made in it. Each
 * site that is marked must have a tensor of its own. `detach` copies a tensor and forgets where it
 * came from.
 */
export const withProvenance = <A, B>(
  body: (mark: Mark, markParam: Mark, detach: (value: Tensor) => Tensor) => A,
  read: (result: A, provenance: Provenance) => B,
): B => {
  const sites = new Map<number, string>();
  const found = new Map<number, ReadonlySet<string>>();
  /** The same, but not through the value of a site; and the parameters. */
  const nearest = new Map<number, ReadonlySet<string>>();
  const params = new Map<number, ReadonlySet<string>>();
  const indexing = new Set<string>();
  const detached = new Set<number>();
  const results: B[] = [];
  const detach = (value: Tensor): Tensor => {
    const copy = tf.clone(value);
    detached.add(copy.id);
    return copy;
  };
  const add = (id: number, from: readonly number[]): void => {
    if (detached.has(id)) return;
    const site = sites.get(id);
    const joined = (of: ReadonlyMap<number, ReadonlySet<string>>): ReadonlySet<string> =>
      new Set([id, ...from].flatMap((at) => [...(of.get(at) ?? nothing)]));
    const own = site === undefined ? [] : [site];
    found.set(id, new Set([...joined(found), ...own]));
    nearest.set(id, site === undefined ? joined(nearest) : new Set(own));
    params.set(id, site === undefined ? joined(params) : nothing);
  };
  // The tape only records inside a gradient, so one is taken of something trivial.
  const anchor = tf.scalar(0);
  const onTape = (run: () => void): void =>
    void tf.grad((x) => {
      run();
      return tf.mul(x, 1);
    })(anchor);
  acrossTape(onTape, () => {
    const result = body(
      (site, value) => void sites.set(value.id, site),
      (name, value) => void params.set(value.id, new Set([name])),
      detach,
    );
    for (const id of sites.keys()) add(id, []);
    orderTape();
    for (const node of tf.engine().state.activeTape ?? []) {
      const from = Object.values(node.inputs).map((input) => input.id);
      for (const output of node.outputs) {
        add(output.id, from);
        if (output.dtype === 'float32') continue;
        for (const site of nearest.get(output.id) ?? nothing) indexing.add(site);
      }
    }
    results.push(
      read(result, {
        of: ({ id }) => ({ sites: found.get(id) ?? nothing, params: params.get(id) ?? nothing }),
        indexing,
      }),
    );
  });
  const [result] = results;
  if (result === undefined) throw new Error('withProvenance: the body did not run.');
  return result;
};
