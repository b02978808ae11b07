/**
 * Which latent sites a tensor was computed from. TensorFlow.js records every operation on its
 * gradient tape, so the dependence is read off the data flow itself: no numeric probing, and no
 * assumption about the order of sites.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { acrossTape } from '../scoped.js';

/** The sites that each tensor depends on. */
export type Provenance = (x: Tensor) => ReadonlySet<string>;

const nothing: ReadonlySet<string> = new Set();

/**
 * Runs `body` with the tape on, then `read` with the provenance of every tensor made in it. `mark`
 * declares that a tensor is the value of a site; each must be a tensor of its own. `detach` copies
 * a tensor and forgets where it came from.
 */
export const withProvenance = <A, B>(
  body: (mark: (site: string, value: Tensor) => void, detach: (value: Tensor) => Tensor) => A,
  read: (result: A, provenance: Provenance) => B,
): B => {
  const sites = new Map<number, string>();
  const found = new Map<number, ReadonlySet<string>>();
  const detached = new Set<number>();
  const results: B[] = [];
  const detach = (value: Tensor): Tensor => {
    const copy = tf.clone(value);
    detached.add(copy.id);
    return copy;
  };
  const add = (id: number, more: ReadonlySet<string>): void => {
    if (detached.has(id)) return;
    const site = sites.get(id);
    const all = new Set([...(found.get(id) ?? nothing), ...more]);
    if (site !== undefined) all.add(site);
    if (all.size > 0) found.set(id, all);
  };
  // The tape only records inside a gradient, so one is taken of something trivial.
  const anchor = tf.scalar(0);
  const onTape = (run: () => void): void =>
    void tf.grad((x) => {
      run();
      return tf.mul(x, 1);
    })(anchor);
  acrossTape(onTape, () => {
    const result = body((site, value) => void sites.set(value.id, site), detach);
    for (const id of sites.keys()) add(id, nothing);
    for (const node of tf.engine().state.activeTape ?? []) {
      const from = new Set<string>();
      for (const input of Object.values(node.inputs)) {
        for (const site of found.get(input.id) ?? nothing) from.add(site);
      }
      for (const output of node.outputs) add(output.id, from);
    }
    results.push(read(result, (t) => found.get(t.id) ?? nothing));
  });
  const [result] = results;
  if (result === undefined) throw new Error('withProvenance: the body did not run.');
  return result;
};
