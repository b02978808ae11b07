/** A case out of its recipe, and what is said of recipes that are none. */
import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { linearGaussian, linearGaussianFrom } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

const [first] = fc.sample(linearGaussian(), { numRuns: 1, seed: 8 });
const sketch: object = JSON.parse(JSON.stringify(first?.recipe.sketch));

const site = {
  entries: 1,
  full: false,
  role: 'latent',
  masked: false,
  learned: false,
};

describe('a recipe', () => {
  it('makes the same case again, from a file too', () => {
    for (const c of fc.sample(linearGaussian(), { numRuns: 12, seed: 9 })) {
      expect(c.recipe.generator).toBe('linearGaussian');
      const again = linearGaussianFrom(JSON.parse(JSON.stringify(c.recipe.sketch)));
      if (E.isLeft(again)) throw new Error(again.left);
      expect(again.right.network).toEqual(c.network);
      expect(again.right.guideNetwork).toEqual(c.guideNetwork);
      expect(again.right.posteriorNetwork).toEqual(c.posteriorNetwork);
      expect(again.right.data).toEqual(c.data);
      expect(again.right.logEvidence).toBe(c.logEvidence);
      expect(again.right.recipe).toEqual(c.recipe);
    }
  });

  it.each([
    ['a text', 'sketch', 'it is "sketch" where a sketch was expected'],
    ['nothing', null, 'it is null where a sketch was expected'],
    [
      'a seed that is none',
      { ...sketch, seed: -1 },
      'its seed is -1 where 0 to 2147483647 was expected',
    ],
    ['no seed', { ...sketch, seed: undefined }, 'its seed is left out where'],
    ['a layout that is none', { ...sketch, layout: 'around' }, 'its layout is "around" where'],
    [
      'too many elements',
      { ...sketch, plates: [99] },
      'its plates[0] is 99 where 1 to 12 was expected',
    ],
    ['no sites', { ...sketch, sites: [] }, 'it has 0 sites where 1 to 12 can be'],
    ['a gap that is none', { ...sketch, gap: 'wide' }, 'its gap is "wide" where'],
    [
      'a correlation of 1',
      { ...sketch, correlation: 1 },
      'its correlation is 1 where null or 0 to 0.99 was expected',
    ],
    [
      'too many numbers',
      {
        ...sketch,
        layout: 'nested',
        plates: [6, 6, 6],
        sites: [{ ...site, plates: [0, 1, 2] }],
      },
      'it has 216 numbers where 200 can be',
    ],
    [
      'a site in a plate that is not there',
      {
        ...sketch,
        plates: [],
        sites: [
          { plates: [1], entries: 1, full: false, role: 'latent', masked: false, learned: false },
        ],
      },
      'its site 0 lies in a plate that it has not',
    ],
  ])('is refused in a sentence: %s', (_, wrong, reason) => {
    const made = linearGaussianFrom(wrong);
    if (E.isRight(made)) throw new Error('expected a refusal');
    expect(made.left).toContain(reason);
    expect(made.left).toMatch(
      /^linearGaussian: expected the sketch of a case that it made, [^\n]*\.$/,
    );
    expect(made.left.length).toBeLessThan(240);
  });
});
