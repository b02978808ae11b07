/** What is said of a name that is not there. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, listedNames, meantBy, nearestNames } from '../../../dsl/refusals/nearest.js';

/** The distance by the definition, without memory: the oracle of the fast one. */
const slowly = (a: string, b: string): number => {
  if (a === '' || b === '') return a.length + b.length;
  const [x, y] = [a.slice(1), b.slice(1)];
  const swapped = a[0] === b[1] && a[1] === b[0] && a.length > 1 && b.length > 1;
  return Math.min(
    slowly(x, b) + 1,
    slowly(a, y) + 1,
    slowly(x, y) + (a[0] === b[0] ? 0 : 1),
    swapped ? slowly(a.slice(2), b.slice(2)) + 1 : Infinity,
  );
};

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 });

describe('nearest names', () => {
  it('are those a few letters away, by the definition of the distance', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(slowly(a, b));
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  it('are told in order, and far ones are not', () => {
    expect(nearestNames('weigth', ['height', 'weight', 'x'])).toEqual(['weight', 'height']);
    expect(nearestNames('Weight', ['weight'])).toEqual(['weight']);
    expect(nearestNames('nope', ['weight', 'z'])).toEqual([]);
  });

  it('are asked after, before what there is', () => {
    expect(meantBy('weigth', ['weight', 'x'])).toBe(
      "Did you mean 'weight'? There are 'weight', 'x'.",
    );
    expect(meantBy('nope', ['weight'])).toBe("There is 'weight'.");
    expect(meantBy('nope', [])).toBe('There are none.');
  });

  it('are few and short, however many and long there are', () => {
    const many = Array.from({ length: 1000 }, (_, i) => `${'long'.repeat(40)}${i}`);
    expect(listedNames(many)).toContain('and 988 more');
    expect(meantBy('long', many).length).toBeLessThan(1000);
  });
});
