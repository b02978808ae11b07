/**
 * A program is a value: a description of a computation that visits sites `E` and returns an `A`.
 * It does nothing until an interpreter runs it, and can be run any number of times.
 *
 * It is an iterable of instructions, answered one tensor at a time, so a generator function is a
 * program and `yield*` runs one program inside another. The instructions carry their site as a
 * phantom type, from which the row of sites is inferred.
 *
 * Laws, up to interpretation: `flatMap(of(a), f) = f(a)`; `flatMap(p, of) = p`;
 * `flatMap(flatMap(p, f), g) = flatMap(p, a => flatMap(f(a), g))`.
 */
import type { Tensor } from '../tensor.js';
import type { Instruction } from './instruction.js';

/** One visit of a program to its interpreter; `site` is never set. */
export interface Visit<out E> {
  readonly instruction: Instruction;
  readonly site?: E;
}

/** A computation that visits the sites `E` and returns an `A`. */
export interface Program<out E, out A> {
  readonly [Symbol.iterator]: () => Iterator<Visit<E>, A, Tensor>;
}

/** The row of sites of a program. */
export type Sites<P> = P extends Program<infer E, unknown> ? E : never;

/** What a program returns. */
export type Result<P> = P extends Program<unknown, infer A> ? A : never;

type Row<Y> = Y extends Visit<infer E> ? E : never;

/**
 * A program from a generator function. Inside it, `yield*` runs a program and gives its result.
 *
 * @example
 * ```ts
 * const model = program(function* () {
 *   const z = yield* sample('z', normal(0, 1));
 *   return yield* sample('x', normal(z, 1));
 * });
 * Object.keys(trace(model, { key: key(0) }).sites); // ['z', 'x']
 * ```
 */
export function program<Y extends Visit<unknown>, A>(
  body: () => Generator<Y, A, Tensor>,
): Program<Row<Y>, A>;
export function program(
  body: () => Generator<Visit<unknown>, unknown, Tensor>,
): Program<unknown, unknown> {
  return { [Symbol.iterator]: body };
}

/** The program that performs one instruction and returns its answer. */
export const perform = <E>(instruction: Instruction): Program<E, Tensor> => ({
  *[Symbol.iterator](): Generator<Visit<E>, Tensor, Tensor> {
    return yield { instruction };
  },
});

/**
 * The program with every instruction rewritten: how `plate`, `condition` and the like are made.
 * `finish` runs after the last instruction.
 */
export const rewrite = <F, E, A>(
  inner: Program<E, A>,
  start: () => { readonly each: (i: Instruction) => Instruction; readonly finish?: () => void },
): Program<F, A> => ({
  *[Symbol.iterator](): Generator<Visit<F>, A, Tensor> {
    const { each, finish } = start();
    const visits = inner[Symbol.iterator]();
    let next = visits.next();
    while (next.done !== true) {
      const answer: Tensor = yield { instruction: each(next.value.instruction) };
      next = visits.next(answer);
    }
    finish?.();
    return next.value;
  },
});
