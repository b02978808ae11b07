/** How kernels that work element by element are written in JavaScript, on atoms. Truth is 1 and 0. */

/** The expression of an element from those of the operands, in their order. */
export type ScalarRule = (
  operands: readonly string[],
  attributes: Readonly<Record<string, unknown>>,
) => string;

/** Of one operand. */
export const one =
  (f: (x: string) => string): ScalarRule =>
  ([x = '0']) =>
    f(x);

/** Of two operands. */
export const two =
  (f: (a: string, b: string) => string): ScalarRule =>
  ([a = '0', b = '0']) =>
    f(a, b);

/** A function of `Math`, of one operand or two. */
export const math =
  (name: string): ScalarRule =>
  (operands) =>
    `Math.${name}(${operands.join(', ')})`;

export const infix = (operator: string): ScalarRule => two((a, b) => `(${a} ${operator} ${b})`);

export const truth = (operator: string): ScalarRule =>
  two((a, b) => `(${a} ${operator} ${b} ? 1 : 0)`);

/** A number as an atom. */
export const numeral = (n: number): string => (n < 0 ? `(${n})` : String(n));
