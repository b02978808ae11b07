/** What laws say of a case: whether it is right, wrong, or none of their business. */
import * as fc from 'fast-check';
import { type Breach, breachesOf, counterexampleOf, isSameBreach } from './counterexample.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import type { NamedLaw } from './named-laws.js';
import type { Seeded } from './seeded-cases.js';

/** What one law says of one case. */
export type Outcome =
  | { readonly _tag: 'held' }
  | { readonly _tag: 'skipped'; readonly why: string }
  | { readonly _tag: 'broken'; readonly thrown: unknown };

export const held: Outcome = { _tag: 'held' };

/** What it means that a law threw. */
export const outcomeOf = (thrown: unknown): Outcome =>
  thrown instanceof LawNotApplicable
    ? { _tag: 'skipped', why: thrown.message }
    : { _tag: 'broken', thrown };

/** How often a law was of use. */
interface Use {
  readonly held: number;
  readonly skipped: number;
  /** Why it was skipped the last time. */
  readonly why: string;
}

/** The cases of one property, as far as they must be remembered. */
export interface Verdicts<S extends object> {
  /** The laws to ask of a case: all, or where it is a smaller one that which the larger one breaks. */
  readonly asked: <L>(laws: readonly NamedLaw<L>[], subject: S) => readonly NamedLaw<L>[];
  /** The case as the law is told it, which runs one check where only that matters. */
  readonly told: (subject: S) => S;
  /** Passes, fails or skips the case, as fast-check is told: by returning, by an error, by `fc.pre`. */
  readonly conclude: (subject: S, outcomes: ReadonlyMap<string, Outcome>) => void;
  /** Cases that are made smaller from one are asked for the same reason; none where it is not to blame. */
  readonly shrinking: (
    from: fc.Value<[S]>,
    shrink: (value: fc.Value<[S]>) => fc.Stream<fc.Value<[S]>>,
  ) => fc.Stream<fc.Value<[S]>>;
}

const neverApplied = (name: string, { skipped, why }: Use): Error =>
  new Error(
    `'${name}' applies to none of ${skipped} cases: ${why} Ask it of cases that have what it needs, or leave it out.`,
  );

/** A memory for one property, empty at first. */
export const verdictsOf = <C extends object>(maxSkips: number): Verdicts<Seeded<C>> => {
  type S = Seeded<C>;
  const breaches = new WeakMap<S, Breach>();
  const wanted = new WeakMap<S, Breach>();
  const uses = new Map<string, Use>();

  const count = (outcomes: ReadonlyMap<string, Outcome>): void => {
    for (const [name, outcome] of outcomes) {
      const use = uses.get(name) ?? { held: 0, skipped: 0, why: '' };
      if (outcome._tag === 'held') uses.set(name, { ...use, held: use.held + 1 });
      if (outcome._tag !== 'skipped') continue;
      const next = { ...use, skipped: use.skipped + 1, why: outcome.why };
      uses.set(name, next);
      if (next.held === 0 && next.skipped >= maxSkips) throw neverApplied(name, next);
    }
  };

  return {
    asked: (laws, subject) => {
      const reason = wanted.get(subject);
      return reason === undefined ? laws : laws.filter(({ name }) => name === reason.law);
    },
    told: (subject) => {
      const check = wanted.get(subject)?.check;
      return check === undefined ? subject : { ...subject, laws: [check] };
    },
    conclude: (subject, outcomes) => {
      const reason = wanted.get(subject);
      for (const [name, outcome] of outcomes) {
        if (outcome._tag !== 'broken') continue;
        const all = breachesOf(name, outcome.thrown);
        const breach = all.find((b) => reason === undefined || isSameBreach(b, reason));
        if (breach === undefined) continue;
        breaches.set(subject, breach);
        throw counterexampleOf(subject, breach, outcome.thrown);
      }
      if (reason === undefined) count(outcomes);
      fc.pre([...outcomes.values()].some(({ _tag }) => _tag === 'held'));
    },
    shrinking: (from, shrink) => {
      const breach = breaches.get(from.value_[0]);
      if (breach === undefined) return fc.Stream.nil();
      return shrink(from).map((smaller) => {
        wanted.set(smaller.value_[0], breach);
        return smaller;
      });
    },
  };
};
