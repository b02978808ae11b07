import type { Initializer } from '../program/instruction.js';
import { checkName } from '../program/name.js';
import { param, shared } from '../program/param.js';
import { type Program, program } from '../program/program.js';
import type { Param } from '../program/site.js';
import type { Tensor, TensorLike } from '../tensors/tensor.js';

/**
 * A user's own function of parameters as a network: `initial` names the parameters and how they
 * start, `apply` computes from their values and an input. The parameters become `name/key` and are
 * shared by all elements of the plates around.
 *
 * @example
 * ```ts
 * const scaled = network('scaled', { factor: 2 }, ({ factor }, x: Tensor) => tf.mul(factor, x));
 * simulate(scaled(tf.scalar(3)), { key: key(0) }).dataSync()[0]; // 6
 * ```
 */
export const network = <const N extends string, K extends string, X, Y>(
  name: N,
  initial: Readonly<Record<K, TensorLike | Initializer>>,
  apply: (parameters: Readonly<Record<K, Tensor>>, x: X) => Y,
) => {
  checkName('network', name);
  return (x: X): Program<Param<`${N}/${K}`>, Y> =>
    shared(
      program(function* () {
        const found = new Map<K, Tensor>();
        for (const key of keysOf(initial)) {
          found.set(key, yield* param(`${name}/${key}`, initial[key]));
        }
        return apply(complete(Object.fromEntries(found), initial), x);
      }),
    );
};

/** The names of a record, typed. */
const keysOf = <K extends string>(record: Readonly<Record<K, unknown>>): readonly K[] =>
  Object.keys(record).filter((name): name is K => Object.hasOwn(record, name));

const complete = <K extends string>(
  found: Readonly<Record<string, Tensor>>,
  asked: Readonly<Record<K, unknown>>,
): Readonly<Record<K, Tensor>> => {
  const isComplete = (r: Readonly<Record<string, Tensor>>): r is Record<K, Tensor> =>
    Object.keys(asked).every((k) => Object.hasOwn(r, k));
  if (!isComplete(found)) throw new Error('network: a parameter was not answered.');
  return found;
};
