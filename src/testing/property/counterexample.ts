/** What breaks a law, as data: enough to make the case again and to ask it the same. */
import * as t from 'io-ts';
import { reasonOf } from '../../../dsl/refusals/thrown.js';
import type { Recipe } from '../cases/bound-case.js';
import { lawIn } from '../law/law.js';
import { BrokenLawsError } from '../law/run-laws.js';
import { oneLine } from './seeded-cases.js';

/** A case that breaks a law. */
export interface Counterexample {
  /** The function that was asked, by the name that the property has for it. */
  readonly law: string;
  /** Which of its checks is broken, where it runs several, as `checkModel` does. */
  readonly check?: string;
  /** The case as one reads it. */
  readonly label: string;
  /** How the case is made again; left out where its generator says nothing of that. */
  readonly recipe?: Recipe;
  /** The seed of its noise. */
  readonly seed: number;
  /** What the law said. */
  readonly message: string;
}

/** A counterexample in a file. */
export const CounterexampleCodec = t.intersection(
  [
    t.type({
      law: t.string,
      label: t.string,
      recipe: t.type({ generator: t.string, sketch: t.unknown }),
      seed: t.Int,
      message: t.string,
    }),
    t.partial({ check: t.string }),
  ],
  'Counterexample',
);

/** A law that is broken, with the case that breaks it: what a property throws. */
export class CounterexampleError extends Error {
  constructor(
    readonly counterexample: Counterexample,
    cause: unknown,
  ) {
    super(counterexample.message, { cause });
    this.name = 'CounterexampleError';
  }
}

/** Why a law was broken, so far that two cases can be told to be broken for the same reason. */
export interface Breach {
  readonly law: string;
  readonly check?: string;
  /** The statement that is broken, or the kind of error that was thrown. */
  readonly by: string;
  readonly message: string;
}

const kindOf = (thrown: unknown, message: string): string =>
  lawIn(message) ?? (thrown instanceof Error ? thrown.name : typeof thrown);

/** What the law of this name is broken by: one breach, or those that a report tells. */
export const breachesOf = (law: string, thrown: unknown): readonly Breach[] => {
  if (thrown instanceof BrokenLawsError) {
    return thrown.broken.map(({ check, why }) => ({
      law,
      check,
      by: kindOf(undefined, why),
      message: why,
    }));
  }
  const message = reasonOf(thrown);
  return [{ law, by: kindOf(thrown, message), message }];
};

/** Whether a smaller case is broken for the same reason. */
export const isSameBreach = (a: Breach, b: Breach): boolean =>
  a.law === b.law && a.check === b.check && a.by === b.by;

const isRecipe = t.type({ generator: t.string, sketch: t.unknown }).is;

/** The error of a case that breaks a law. */
export const counterexampleOf = (
  subject: { readonly seed: number },
  { law, check, message }: Breach,
  cause: unknown,
): CounterexampleError => {
  const recipe = 'recipe' in subject && isRecipe(subject.recipe) ? subject.recipe : undefined;
  return new CounterexampleError(
    {
      law,
      ...(check !== undefined && { check }),
      label: oneLine(subject),
      ...(recipe && { recipe: { generator: recipe.generator, sketch: recipe.sketch } }),
      seed: subject.seed,
      message,
    },
    cause,
  );
};
