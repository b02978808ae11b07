import type { Tensor } from '../tensors/tensor.js';
import { type Program, type Visit, instructionOf, visitsOf } from './program.js';
import type { Names } from './site.js';

/** What a program returned, and its parameters by name. */
export interface WithParams<E, A> {
  readonly result: A;
  /** In their supports, as the program sees them. */
  readonly params: Readonly<Record<Names<E, 'param'>, Tensor>>;
}

/**
 * The program with its parameters beside what it returns: for what is said of a network's own weights, as
 * weight decay and the penalty of a contractive autoencoder are.
 *
 * - Values are those that the program saw, in their supports; one that it visits twice is there once.
 * - Gradient: through them.
 *
 * @example
 * ```ts
 * const encoder = dense('encoder', { units: 2, kernel: initializers.constant(3), bias: false });
 * const decay = program(function* () {
 *   const { result, params } = yield* withParams(encoder(tf.ones([1, 2])));
 *   return [result, tf.sum(tf.square(params['encoder/kernel']))];
 * });
 * simulate(decay, {}).map((x) => x.dataSync()[0]); // [6, 36]
 * ```
 */
export function withParams<E, A>(body: Program<E, A>): Program<E, WithParams<E, A>>;
export function withParams(
  body: Program<unknown, unknown>,
): Program<unknown, WithParams<unknown, unknown>> {
  return {
    *[Symbol.iterator](): Generator<Visit<unknown>, WithParams<unknown, unknown>, Tensor> {
      const params = new Map<string, Tensor>();
      const visits = visitsOf(body);
      let next = visits.next();
      while (next.done !== true) {
        const { op, name } = instructionOf(next.value);
        const answer: Tensor = yield next.value;
        if (op === 'param') params.set(name, answer);
        next = visits.next(answer);
      }
      return { result: next.value, params: Object.fromEntries(params) };
    },
  };
}
