/** What all generators do that change another's cases. */
import * as t from 'io-ts';
import type { BoundCase, Feature, Recipe } from '../bound-case.js';

/** A recipe as plain data. */
export const recipeCodec = t.type({ generator: t.string, sketch: t.unknown });

/** How many times a generator is in a recipe, so that what it adds has a name of its own each time. */
export const layersOf = (recipe: unknown, generator: string): number => {
  if (typeof recipe !== 'object' || recipe === null) return 0;
  const own = 'generator' in recipe && recipe.generator === generator ? 1 : 0;
  const within = (inner: unknown): number => layersOf(inner, generator);
  return (
    own +
    ('sketch' in recipe ? within(recipe.sketch) : 0) +
    ('of' in recipe ? within(recipe.of) : 0)
  );
};

/**
 * A case with something about it changed, and nothing left of what its own generator knew beside: a
 * recipe that holds the inner one's, and features more or fewer.
 */
export const changedCase = (
  inner: BoundCase,
  generator: string,
  sketch: object,
  {
    label,
    with: more = [],
    without = [],
    ...change
  }: Partial<BoundCase> & {
    readonly with?: readonly Feature[];
    readonly without?: readonly Feature[];
  },
): BoundCase => {
  const { model, guide, data, posterior, logEvidence, rows, particles, params, gap } = inner;
  const recipe: Recipe = { generator, sketch: { of: inner.recipe, ...sketch } };
  return {
    label: label ?? inner.label,
    model,
    guide,
    data,
    posterior,
    logEvidence,
    ...(rows && { rows }),
    ...(particles !== undefined && { particles }),
    ...(params && { params }),
    ...(gap !== undefined && { gap }),
    ...(inner.correlation !== undefined && { correlation: inner.correlation }),
    ...change,
    features: [...new Set([...inner.features, ...more])].filter((f) => !without.includes(f)),
    recipe,
  };
};
