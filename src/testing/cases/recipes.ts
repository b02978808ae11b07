/** The generators by the names that recipes have for them: how a case is made again from plain data. */
import * as E from 'fp-ts/lib/Either.js';
import type { BoundCase, Recipe } from './bound-case.js';
import {
  factorFromSketch,
  maskedFromSketch,
  networkFromSketch,
  particlesFromSketch,
} from './composing/index.js';
import { conjugatePairFromSketch } from './conjugate/index.js';
import { discreteGraphFromSketch } from './discrete/index.js';
import type { FromSketch } from './from-sketch.js';
import { linearGaussianFrom } from './linear-gaussian/index.js';

/** Generators by name. */
export type Generators = Readonly<Record<string, FromSketch>>;

const orThrow = <A>(made: E.Either<string, A>): A => {
  if (E.isRight(made)) return made.right;
  throw new Error(made.left);
};

/** Those of this kit. */
export const ownGenerators: Generators = {
  conjugatePairs: conjugatePairFromSketch,
  discreteGraphs: discreteGraphFromSketch,
  linearGaussian: (sketch) => orThrow(linearGaussianFrom(sketch)),
  withFactor: factorFromSketch,
  withMask: maskedFromSketch,
  withNetwork: networkFromSketch,
  withParticles: particlesFromSketch,
};

/** Recipes within recipes, more than which no generator nests. */
const DEEPEST = 32;

/**
 * The case that a recipe tells of. Errors name a generator that is not known, with those that are.
 */
export const fromRecipe = (recipe: Recipe, generators: Generators, depth = 0): BoundCase => {
  const { generator, sketch } = recipe;
  const make = Object.hasOwn(generators, generator) ? generators[generator] : undefined;
  if (make === undefined) {
    const known = Object.keys(generators).join(', ');
    throw new Error(
      `'${generator.slice(0, 80)}' is no generator that is known; give it among ${known}`,
    );
  }
  if (depth > DEEPEST) throw new Error(`its recipes are nested more than ${DEEPEST} deep`);
  return make(sketch, (inner) => fromRecipe(inner, generators, depth + 1));
};
