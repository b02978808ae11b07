/** How many numbers become one, in double precision: one rule a kernel. */
import { type StackVar, f64, f64x2 } from 'wasmati';

export interface FoldRule {
  readonly start: number;
  readonly vectors: (a: StackVar<'v128'>, b: StackVar<'v128'>) => StackVar<'v128'>;
  readonly numbers: (a: StackVar<'f64'>, b: StackVar<'f64'>) => StackVar<'f64'>;
}

const sum: FoldRule = {
  start: 0,
  vectors: (a, b) => f64x2.add(a, b),
  numbers: (a, b) => f64.add(a, b),
};

const foldRules: Readonly<Record<string, FoldRule>> = {
  Sum: sum,
  // Of a sum, which is divided at the end.
  Mean: sum,
  Max: {
    start: -Infinity,
    vectors: (a, b) => f64x2.max(a, b),
    numbers: (a, b) => f64.max(a, b),
  },
  Min: {
    start: Infinity,
    vectors: (a, b) => f64x2.min(a, b),
    numbers: (a, b) => f64.min(a, b),
  },
  Prod: {
    start: 1,
    vectors: (a, b) => f64x2.mul(a, b),
    numbers: (a, b) => f64.mul(a, b),
  },
};

/** Kernels that make one number of many. */
export const REDUCTIONS: ReadonlySet<string> = new Set(Object.keys(foldRules));

/** The rule of a kernel. */
export const ruleOf = (kernel: string): FoldRule => {
  const rule = foldRules[kernel];
  if (rule === undefined) throw new Error(`webassembly: no loop folds by ${kernel}.`);
  return rule;
};
