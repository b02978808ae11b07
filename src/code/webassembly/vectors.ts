/** How kernels that work element by element are written on vectors of four float32. Truth is a mask of bits. */
import type { Instructions, Term, Terms } from './terms.js';

/** The terms of a kernel, of those of its operands. */
export type VectorRule = (
  t: Terms,
  operands: readonly Term[],
  attributes: Readonly<Record<string, unknown>>,
) => Term;

/** Of one operand. */
export const one =
  (f: (t: Terms, x: Term) => Term): VectorRule =>
  (t, [x = t.constant(0)]) =>
    f(t, x);

/** Of two operands. */
export const two =
  (f: (t: Terms, a: Term, b: Term) => Term): VectorRule =>
  (t, [a = t.constant(0), b = t.constant(0)]) =>
    f(t, a, b);

/** An instruction on one operand. */
export const unary = (name: Instructions): VectorRule => one((t, x) => t.do(name, x));

/** An instruction on two operands. */
export const binary = (name: Instructions): VectorRule => two((t, a, b) => t.do(name, a, b));

/** 1 where a mask is set, else 0. */
export const asNumber = (t: Terms, mask: Term): Term => t.do('and', mask, t.constant(1));

export const isNaN = (t: Terms, x: Term): Term => t.do('ne', x, x);

export const atMost = (t: Terms, x: Term, bound: number): Term => t.do('min', x, t.constant(bound));

export const atLeast = (t: Terms, x: Term, bound: number): Term =>
  t.do('max', x, t.constant(bound));

/** One of two where x is not below 0, else the other; that also where x is NaN. */
export const above = (t: Terms, x: Term, here: Term, below: Term): Term =>
  t.do('choose', here, below, t.do('ge', x, t.constant(0)));
