/**
 * Log densities and distribution functions of every family against exact values: `rows.json`, computed in 40 digits
 * by `write.py`, which is not needed to run this. Parameters and values are float32 numbers, and what is
 * allowed beyond float32's own digits is what rounding each of them would do.
 */
import { readFileSync } from 'node:fs';
import type { Distribution, Tensor } from 'marginalia';
import { families } from 'marginalia/distributions';
import { describe, expect, it } from 'vitest';
import type { NestedNumbers } from '../../../../dsl/tensors/nested.js';
import { asTensor } from '../../../../dsl/tensors/tensor.js';

/** JSON has no infinities. */
type Exact = number | 'Infinity' | '-Infinity';

/** One law at some values. */
interface Row {
  /** The public function that makes it. */
  readonly maker: string;
  /** What that is given; `{ law: [maker, …] }` is a law in turn. */
  readonly arguments: readonly unknown[];
  readonly values: readonly NestedNumbers[];
  readonly logProb: readonly Exact[];
  /** What rounding of each input to float32 does. */
  readonly logProbSlack: readonly number[];
  readonly cdf?: readonly Exact[];
  readonly cdfSlack?: readonly number[];
}

const table: Readonly<Record<string, readonly Row[]>> = JSON.parse(
  readFileSync(new URL('rows.json', import.meta.url), 'utf8'),
);

const makers: Readonly<Record<string, (...given: readonly unknown[]) => Distribution>> =
  await import(new URL('../../../../src/entries/distributions.ts', import.meta.url).pathname);

const isLaw = (x: unknown): x is { readonly law: readonly [string, ...(readonly unknown[])] } =>
  typeof x === 'object' && x !== null && 'law' in x;

const lawOf = (maker: string, given: readonly unknown[]): Distribution => {
  const make = makers[maker];
  if (make === undefined) throw new Error(`nothing public is called ${maker}`);
  return make(...given.map((x) => (isLaw(x) ? lawOf(x.law[0], x.law.slice(1)) : x)));
};

/** How far from the exact value a number is, over what is allowed. */
const excess = (found: number, exact: Exact, allowed: (size: number) => number): number => {
  const wanted = Number(exact);
  return found === wanted ? 0 : Math.abs(found - wanted) / allowed(Math.abs(wanted));
};

const compare = (
  what: string,
  found: Tensor,
  { values }: Row,
  exact: readonly Exact[],
  allowed: (i: number, size: number) => number,
): void => {
  const numbers = [...found.dataSync()];
  expect(numbers.length, what).toBe(exact.length);
  numbers.forEach((x, i) => {
    const off = excess(x, exact[i] ?? Number.NaN, (size) => allowed(i, size));
    const said = `${what} at ${JSON.stringify(values[i])} is ${x}, not ${exact[i]}`;
    // Negated, for NaN is not allowed either.
    expect(!(off <= 1), said).toBe(false);
  });
};

const check = (family: object, row: Row): void => {
  const d = lawOf(row.maker, row.arguments);
  const what = `${row.maker}(${JSON.stringify(row.arguments).slice(1, -1)})`;
  expect(d.family, what).toBe(family);
  const value = asTensor(row.values);
  const { logProb, logProbSlack, cdf, cdfSlack } = row;
  compare(`log p of ${what}`, d.logProb(value), row, logProb, (i, size) => {
    return 3e-6 * (1 + size) + 4 * (logProbSlack[i] ?? 0);
  });
  expect(d.cdf === undefined || cdf !== undefined, `${what} has a cdf, and the rows none`).toBe(
    true,
  );
  if (d.cdf === undefined || cdf === undefined) return;
  // Small shares are right relative to themselves.
  compare(`cdf of ${what}`, d.cdf(value), row, cdf, (i, size) => {
    return 4e-6 * size + 4 * (cdfSlack?.[i] ?? 0) + 1e-37;
  });
  // Logarithms of shares below and above, where doubles have the share and its complement.
  const [below, above] = [d.logCdf?.(value).dataSync(), d.logSurvival?.(value).dataSync()];
  cdf.map(Number).forEach((share, i) => {
    const moved = 4 * (cdfSlack?.[i] ?? 0) + 1e-15;
    const near = (found: number | undefined, part: number, told: string): void => {
      if (found === undefined || part < 1e-300 || moved > 0.1 * part) return;
      const off = Math.abs(found - Math.log(part));
      const said = `${told} of ${what} at ${JSON.stringify(row.values[i])} is ${found}, not ${Math.log(part)}`;
      const allowed = 4e-6 * (1 + Math.abs(Math.log(part))) + (2 * moved) / part;
      expect(!(off <= allowed), said).toBe(false);
    };
    near(below?.[i], share, 'logCdf');
    near(above?.[i], 1 - share, 'logSurvival');
  });
};

describe('log p and distribution function are the exact ones of', () => {
  it.each(Object.entries(families))('%s', (name, family) => {
    const rows = table[name] ?? [];
    expect(rows.length, `no rows of ${name}: add them to write.py`).toBeGreaterThan(0);
    for (const row of rows) check(family, row);
  });

  it('families that are there', () => {
    expect(Object.keys(table).filter((name) => !(name in families))).toEqual([]);
  });
});
