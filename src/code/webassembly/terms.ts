/**
 * Arithmetic on vectors of four float32 as a table of terms: what is asked for twice stands in it once,
 * and is computed once. Truth is a mask of bits.
 */
import { type Input, type StackVar, f32x4, i32x4, v128 } from 'wasmati';

type Vector = Input<'v128'>;

type Instruction = (a: Vector, b: Vector, c: Vector) => StackVar<'v128'>;

export const instructions = {
  abs: (a) => f32x4.abs(a),
  neg: (a) => f32x4.neg(a),
  sqrt: (a) => f32x4.sqrt(a),
  floor: (a) => f32x4.floor(a),
  ceil: (a) => f32x4.ceil(a),
  nearest: (a) => f32x4.nearest(a),
  add: (a, b) => f32x4.add(a, b),
  sub: (a, b) => f32x4.sub(a, b),
  mul: (a, b) => f32x4.mul(a, b),
  div: (a, b) => f32x4.div(a, b),
  /** NaN where either is. */
  max: (a, b) => f32x4.max(a, b),
  min: (a, b) => f32x4.min(a, b),
  /** The first where they cannot be compared: a single instruction, unlike `max` and `min`. */
  pmax: (a, b) => f32x4.pmax(a, b),
  pmin: (a, b) => f32x4.pmin(a, b),
  eq: (a, b) => f32x4.eq(a, b),
  ne: (a, b) => f32x4.ne(a, b),
  gt: (a, b) => f32x4.gt(a, b),
  ge: (a, b) => f32x4.ge(a, b),
  lt: (a, b) => f32x4.lt(a, b),
  le: (a, b) => f32x4.le(a, b),
  and: (a, b) => v128.and(a, b),
  andNot: (a, b) => v128.andnot(a, b),
  or: (a, b) => v128.or(a, b),
  xor: (a, b) => v128.xor(a, b),
  not: (a) => v128.not(a),
  /** The first where the mask of the third is set, else the second. */
  choose: (a, b, mask) => v128.bitselect(a, b, mask),
  /** On the bits, as whole numbers. */
  addBits: (a, b) => i32x4.add(a, b),
  subBits: (a, b) => i32x4.sub(a, b),
  /** Lowest bits to where the exponent is, and back, with its sign. */
  toExponent: (a) => i32x4.shl(a, 23),
  fromExponent: (a) => i32x4.shr_s(a, 23),
  half: (a) => i32x4.shr_s(a, 1),
  toFloat: (a) => f32x4.convert_i32x4_s(a),
} as const satisfies Readonly<Record<string, Instruction>>;

export type Instructions = keyof typeof instructions;

/** A term by its number in the table. */
export type Term = number;

/** What a term is: an element that is loaded, a constant, or an instruction on terms before it. */
export type Entry =
  | { readonly _tag: 'load'; readonly place: number }
  | { readonly _tag: 'constant'; readonly value: number }
  | { readonly _tag: 'bits'; readonly value: number }
  | { readonly _tag: 'instruction'; readonly name: Instructions; readonly of: readonly Term[] };

/** A table under construction. */
export interface Terms {
  readonly entries: readonly Entry[];
  /** The element at a place, as whoever writes the terms numbers them. */
  readonly load: (place: number) => Term;
  readonly constant: (value: number) => Term;
  readonly bits: (value: number) => Term;
  readonly do: (name: Instructions, ...of: readonly Term[]) => Term;
  /** Notes that a term lies in [0, 1] or is NaN, by which functions of it are cheaper. */
  readonly unit: (term: Term) => Term;
  readonly isUnit: (term: Term) => boolean;
}

const keyOf = (entry: Entry): string => {
  switch (entry._tag) {
    case 'load':
      return `load ${entry.place}`;
    case 'constant':
      return Object.is(entry.value, -0) ? 'constant -0' : `constant ${entry.value}`;
    case 'bits':
      return `bits ${entry.value}`;
    case 'instruction':
      return `${entry.name} ${entry.of.join()}`;
  }
};

const isOf = (entry: Entry | undefined, name: Instructions): boolean =>
  entry?._tag === 'instruction' && entry.name === name;

export const terms = (): Terms => {
  const entries: Entry[] = [];
  const known = new Map<string, Term>();
  const units = new Set<Term>();
  const put = (entry: Entry): Term => {
    const key = keyOf(entry);
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = entries.push(entry) - 1;
    known.set(key, made);
    return made;
  };
  return {
    entries,
    load: (place) => put({ _tag: 'load', place }),
    constant: (value) => put({ _tag: 'constant', value: Math.fround(value) }),
    bits: (value) => put({ _tag: 'bits', value }),
    do: (name, ...of) => {
      const [first = -1] = of;
      // |(|x|)| = |x|: so that σ(|x|) and σ(x) share their exponential.
      return name === 'abs' && isOf(entries[first], 'abs')
        ? first
        : put({ _tag: 'instruction', name, of });
    },
    unit: (term) => {
      units.add(term);
      return term;
    },
    isUnit: (term) => units.has(term),
  };
};

/** Whether a term is at most 0, or NaN, by the way it is made: −|x|. */
export const isNegative = ({ entries }: Terms, term: Term): boolean => {
  const entry = entries[term];
  return (
    entry?._tag === 'instruction' && entry.name === 'neg' && isOf(entries[entry.of[0] ?? -1], 'abs')
  );
};
