/** A case is its recipe: made again from plain data it is the same, whatever its generator. */
import * as fc from 'fast-check';
import {
  type BoundCase,
  boundCases,
  conjugatePairs,
  discreteGraphs,
  linearGaussian,
} from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { fromRecipe, ownGenerators } from '../../../src/testing/cases/recipes.js';

const generators: Readonly<Record<string, fc.Arbitrary<BoundCase>>> = {
  linearGaussian: linearGaussian(),
  discreteGraphs: discreteGraphs(),
  conjugatePairs: conjugatePairs(),
  'any of them, composed': boundCases(),
};

describe('a recipe', () => {
  it.each(Object.entries(generators))('of %s makes the case again', (name, cases) => {
    fc.assert(
      fc.property(cases, (made) => {
        expect(Object.keys(ownGenerators)).toContain(made.recipe.generator);
        if (name in ownGenerators) expect(made.recipe.generator).toBe(name);
        const again = fromRecipe(JSON.parse(JSON.stringify(made.recipe)), ownGenerators);
        const { label, logEvidence, data, gap, features, recipe } = made;
        expect(again).toMatchObject({ label, logEvidence, data, features, recipe });
        expect(again.gap).toBe(gap);
      }),
      { numRuns: 10, seed: 1 },
    );
  });

  it('is refused where it is none', () => {
    for (const generator of Object.keys(ownGenerators)) {
      for (const sketch of [undefined, null, {}, [], 'x', { seed: Number.NaN }]) {
        expect(() => fromRecipe({ generator, sketch }, ownGenerators)).toThrow(/\.$/);
      }
    }
  });
});
