/** The checker of options: what is unknown, missing or out of range is an error that names it. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Rule,
  callable,
  checkOptions,
  flag,
  having,
  oneOf,
  positiveNumber,
  required,
  showReceived,
  whole,
} from '../../../dsl/refusals/options.js';

interface Options {
  readonly count: number;
  readonly kind?: string;
}

const rules = { count: required(whole(1, 9)), kind: oneOf('round', 'square') };

/** As a caller does whom no compiler warns. */
const check = (options: unknown): void => {
  const given: Options = JSON.parse(JSON.stringify(options));
  checkOptions('draw', given, rules);
};

describe('options', () => {
  it('are taken where they keep their rules, and those left out', () => {
    check({ count: 9, kind: 'round' });
    check({ count: 1 });
    const unset: { readonly kind?: string | undefined } = { kind: undefined };
    expect(() => checkOptions('draw', unset, { kind: rules.kind })).not.toThrow();
  });

  it.each([
    [
      { count: 0 },
      'draw: expected count to be a whole number from 1 to 9, but got 0; pass 1, say.',
    ],
    [{ count: 10 }, 'count to be a whole number from 1 to 9, but got 10'],
    [{ count: 1.5 }, 'but got 1.5'],
    [{ count: '1' }, "but got '1'"],
    [{}, 'expected count to be a whole number from 1 to 9, but got nothing'],
    [
      { count: 1, kind: 'oval' },
      "draw: expected kind to be one of 'round', 'square', but got 'oval'; correct its spelling.",
    ],
    [
      { count: 1, knid: 'round' },
      "draw: expected options among count, kind, but got 'knid'; write 'kind', or leave it out.",
    ],
    [{ count: 1, constructor: 1 }, "options among count, kind, but got 'constructor'"],
    [null, 'expected options (count, kind), but got null; pass an object of them'],
    [7, 'expected options (count, kind), but got 7'],
  ])('%j are refused', (options, message) => {
    expect(() => check(options)).toThrow(RangeError);
    expect(() => check(options)).toThrow(message);
  });

  it.each<readonly [Rule, readonly unknown[], readonly unknown[]]>([
    [whole(0), [0, 1, 2 ** 40], [-1, 0.5, Number.NaN, Infinity, '0', null]],
    [positiveNumber, [1e-9, 3], [0, -1, Number.NaN, Infinity, '1', undefined]],
    [flag, [true, false], [0, 'true', null]],
    [callable('f'), [check, String], [null, {}, 'f']],
    [having('a key', 'key(0)', 'length', 'at'), [[]], [{}, null, 'text', { length: 0 }]],
  ])('rule %#', (rule, good, bad) => {
    for (const value of good) expect(rule.holds(value)).toBe(true);
    for (const value of bad) expect(rule.holds(value)).toBe(false);
  });

  it('are shown in bounded length, whatever they are', () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 3 }), (value) => showReceived(value).length <= 70),
    );
    expect(showReceived('x'.repeat(1000))).toHaveLength(62);
    expect(showReceived(['a', 1, { b: 2 }])).toBe("['a', 1, an object]");
  });
});
