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
import { described } from '../tensors/described.js';
import { SiteError, siteLabel } from '../refusals/error.js';
import type { Tensor } from '../tensors/tensor.js';
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

/** Whether a value is a program. */
export const isProgram = (x: unknown): x is Program<unknown, unknown> =>
  described(x).kind === 'program';

/** The row of sites of a program. */
export type SitesOf<P> = P extends Program<infer E, unknown> ? E : never;

/** What a program returns. */
export type ResultOf<P> = P extends Program<unknown, infer A> ? A : never;

type Row<Y> = Y extends Visit<infer E> ? E : never;

/** A generator function whose yields `Y` are visits, as those of `yield*` are, or what is wrong with it. */
type Body<Y, A> = [Y] extends [Visit<unknown>]
  ? () => Generator<Y, A, Tensor>
  : unknown extends Y
    ? 'Pass a generator function: program(function* () { … }).'
    : 'Write yield* in place of yield: it runs a program inside of another.';

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
export function program<Y, A>(body: Body<Y, A>): Program<Row<Y>, A>;
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

const isVisit = (x: unknown): x is Visit<unknown> =>
  typeof x === 'object' && x !== null && 'instruction' in x;

/** The first site that a program visits. */
const firstSite = (p: Program<unknown, unknown>): string | undefined => {
  const { value }: { readonly value: unknown } = p[Symbol.iterator]().next();
  if (isProgram(value)) return firstSite(value);
  return isVisit(value) ? value.instruction.name : undefined;
};

/** The instruction of a visit; what else a generator gives was met by `yield` without its star. */
export const instructionOf = (visit: unknown): Instruction => {
  if (isVisit(visit)) return visit.instruction;
  const site = isProgram(visit) ? firstSite(visit) : undefined;
  throw new SiteError({
    site: site === undefined ? 'program' : siteLabel(site),
    expected: 'an instruction, which `yield*` gives',
    received: `${described(visit).words}, by \`yield\` without a star`,
    cure: 'Write `yield*` in place of `yield`.',
  });
};

/** Starts a program, or says what came in its place. */
export const visitsOf = <E, A>(p: Program<E, A>): Iterator<Visit<E>, A, Tensor> => {
  const given: unknown = p;
  if (isProgram(given)) return p[Symbol.iterator]();
  const { kind, words } = described(given);
  throw new SiteError({
    site: 'program',
    expected: 'a program',
    received: words,
    cure:
      kind === 'distribution'
        ? "Name a draw from it by sample('name', …)."
        : kind === 'function'
          ? 'Call it, or wrap a generator function in program(…).'
          : 'Make one by program(function* () { … }).',
  });
};

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
    const visits = visitsOf(inner);
    let next = visits.next();
    while (next.done !== true) {
      const answer: Tensor = yield { instruction: each(instructionOf(next.value)) };
      next = visits.next(answer);
    }
    finish?.();
    return next.value;
  },
});
