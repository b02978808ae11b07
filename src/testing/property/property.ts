/** Laws as properties of fast-check. */
import * as fc from 'fast-check';
import { demand } from '../../../dsl/refusals/options.js';
import { type AnyLaw, type Law, type OneOrMore, namedLaws } from './named-laws.js';
import { type Seeded, seededCases } from './seeded-cases.js';
import { type Outcome, type Verdicts, held, outcomeOf, verdictsOf } from './verdict.js';

/** How a property is made. */
export interface PropertyOptions {
  /** How many cases a law may say nothing of before it has said anything; 100 where left out. */
  readonly maxSkips?: number;
}

const skipsOf = (who: string, { maxSkips = 100 }: PropertyOptions): number => {
  const cure = 'pass 100, say';
  demand(Number.isInteger(maxSkips) && maxSkips > 0, who, 'maxSkips above 0', maxSkips, cure);
  return maxSkips;
};

const asked = <S>(name: string, law: Law<S>, subject: S): Outcome => {
  try {
    const said: unknown = law(subject);
    if (!(said instanceof Promise)) return held;
    // Nobody waits for it, and it is refused here.
    said.catch(() => undefined);
  } catch (thrown) {
    return outcomeOf(thrown);
  }
  throw new Error(
    `property: expected '${name}' to be done when it returns, but got a promise; use asyncProperty.`,
  );
};

const awaited = async <S>(law: AnyLaw<S>, subject: S): Promise<Outcome> => {
  try {
    await law(subject);
    return held;
  } catch (thrown) {
    return outcomeOf(thrown);
  }
};

/** The property, whose shrinking goes by what is remembered of its cases. */
const remembering = <
  S extends object,
  P extends { readonly shrink: (value: fc.Value<[S]>) => fc.Stream<fc.Value<[S]>> },
>(
  verdicts: Verdicts<S>,
  made: P,
): P => {
  const shrink = made.shrink.bind(made);
  return Object.assign(made, {
    shrink: (value: fc.Value<[S]>) => verdicts.shrinking(value, shrink),
  });
};

/**
 * A property of fast-check that says that a law holds for every case: one law, an array of them, or a
 * record of laws by name.
 *
 * - A case to which no law applies is a precondition that fails: it is neither counted nor shrunk.
 * - Each case has a `seed` of its own, by which its laws draw; "Replay it with" tells that one.
 * - A case prints as its label, in one line.
 * - Shrinking stays with the statement that the first case broke: a smaller case that breaks another
 *   one, or crashes, is no smaller counterexample.
 * - Errors: fast-check's, whose `cause` is a `CounterexampleError` with the case as data, which
 *   `saveCounterexample` writes; where a law applies to none of `maxSkips` cases, that it does not. For laws
 *   that return a promise there is `asyncProperty`.
 *
 * @example
 * ```ts
 * const isExact = ({ posterior, ...c }: BoundCase) => checkExactGuide({ ...c, guide: posterior });
 * fc.assert(property({ isExact }, linearGaussian()), { numRuns: 2 });
 * const off = (c: BoundCase) => isExact({ ...c, logEvidence: c.logEvidence + 1 });
 * fc.check(property({ off }, linearGaussian()), { numRuns: 1, endOnFailure: true }).failed; // true
 * ```
 */
export const property = <C extends object>(
  laws: OneOrMore<Law<Seeded<C>>>,
  arbitrary: fc.Arbitrary<C>,
  options: PropertyOptions = {},
): fc.IPropertyWithHooks<[Seeded<C>]> => {
  const named = namedLaws('property', laws);
  const verdicts = verdictsOf<C>(skipsOf('property', options));
  const check = (subject: Seeded<C>): void => {
    const outcomes = new Map<string, Outcome>();
    for (const { name, law } of verdicts.asked(named, subject)) {
      const outcome = asked(name, law, verdicts.told(subject));
      outcomes.set(name, outcome);
      if (outcome._tag === 'broken') break;
    }
    verdicts.conclude(subject, outcomes);
  };
  return remembering(verdicts, fc.property(seededCases(arbitrary), check));
};

/**
 * `property` for laws that may return a promise, as `checkModel` does: await `fc.assert` of it.
 *
 * While a case is shrunk `checkModel` and its like run only the check that was broken first.
 *
 * @example
 * ```ts
 * const few = { laws: ['checkReplay', 'checkExactGuide'] } as const;
 * const sound = (c: BoundCase) => checkModel({ ...c, ...few });
 * await fc.assert(asyncProperty(sound, linearGaussian()), { numRuns: 2 });
 * const off = (c: BoundCase) => checkModel({ ...c, ...few, logEvidence: c.logEvidence + 1 });
 * (await fc.check(asyncProperty(off, linearGaussian()), { numRuns: 2 })).failed; // true
 * ```
 */
export const asyncProperty = <C extends object>(
  laws: OneOrMore<AnyLaw<Seeded<C>>>,
  arbitrary: fc.Arbitrary<C>,
  options: PropertyOptions = {},
): fc.IAsyncPropertyWithHooks<[Seeded<C>]> => {
  const named = namedLaws('asyncProperty', laws);
  const verdicts = verdictsOf<C>(skipsOf('asyncProperty', options));
  const check = async (subject: Seeded<C>): Promise<void> => {
    const outcomes = new Map<string, Outcome>();
    for (const { name, law } of verdicts.asked(named, subject)) {
      const outcome = await awaited(law, verdicts.told(subject));
      outcomes.set(name, outcome);
      if (outcome._tag === 'broken') break;
    }
    verdicts.conclude(subject, outcomes);
  };
  return remembering(verdicts, fc.asyncProperty(seededCases(arbitrary), check));
};
