/** Laws as a property takes them, each under a name. */

/** A law: returns where it holds, throws where it does not, `LawNotApplicable` where it says nothing. */
export type Law<S> = (subject: S) => void | undefined;

/** A law that may take its time, as `checkModel` does; what it resolves to is not looked at. */
export type AnyLaw<S> = (subject: S) => unknown;

/** One law, several, or several by names of one's own. */
export type OneOrMore<L> = L | readonly L[] | Readonly<Record<string, L>>;

/** A law under its name. */
export interface NamedLaw<L> {
  readonly name: string;
  readonly law: L;
}

const isOne = <L>(laws: OneOrMore<L>): laws is L => typeof laws === 'function';

const isMany = <L>(laws: OneOrMore<L>): laws is readonly L[] => Array.isArray(laws);

const nameOf = (law: unknown): string => (typeof law === 'function' ? law.name : '');

/**
 * Laws by name: the function's own, or the key that it is given under. Throws where there is none, or
 * where two have one name, by which a counterexample could not say which it breaks.
 */
export const namedLaws = <L>(who: string, laws: OneOrMore<L>): readonly NamedLaw<L>[] => {
  const named = isOne(laws)
    ? [{ name: nameOf(laws) || 'law', law: laws }]
    : isMany(laws)
      ? laws.map((law, i) => ({ name: nameOf(law) || `law ${i + 1}`, law }))
      : Object.entries(laws).map(([name, law]) => ({ name, law }));
  if (named.length === 0) throw new Error(`${who}: expected a law, but got none; give one.`);
  const twice = named.find(({ name }, i) => named.some((n, j) => j < i && n.name === name));
  if (twice === undefined) return named;
  throw new Error(
    `${who}: expected a name for each law, but got '${twice.name}' twice; give them by name, as in { mine: law }.`,
  );
};
