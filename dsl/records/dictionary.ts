/**
 * Plain objects as dictionaries. A name may be any text, `constructor` and `__proto__` among them, so an
 * entry counts only where the object has it itself. New ones come from literals with computed keys, from
 * spreads and from `Object.fromEntries`, which define entries; an assignment would set a prototype.
 */

/** The entry of a name, where the dictionary has it itself and not from a prototype. */
export const entryOf = <A>(dictionary: Readonly<Record<string, A>>, name: string): A | undefined =>
  Object.hasOwn(dictionary, name) ? dictionary[name] : undefined;

/**
 * The dictionary by the names that the row of a program promises: what the compiler cannot follow through the
 * interpreter that made it.
 */
export function promised<N extends string, A>(
  dictionary: Readonly<Record<string, A>>,
): Readonly<Record<N, A>>;
export function promised<A>(dictionary: Readonly<Record<string, A>>): typeof dictionary {
  return dictionary;
}

/** A dictionary of the same names, whose entries `f` makes, told the name of each. */
export const mapped = <A, B>(
  dictionary: Readonly<Record<string, A>>,
  f: (entry: A, name: string) => B,
): Readonly<Record<string, B>> =>
  Object.fromEntries(Object.entries(dictionary).map(([name, entry]) => [name, f(entry, name)]));

/** The entries of some names. */
export const only = <A>(
  dictionary: Readonly<Record<string, A>>,
  keep: (name: string) => boolean,
): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(dictionary).filter(([name]) => keep(name)));

/** One dictionary of several; of one name, the later one's entry. */
export const joined = <A>(
  dictionaries: readonly Readonly<Record<string, A>>[],
): Readonly<Record<string, A>> => Object.fromEntries(dictionaries.flatMap(Object.entries<A>));
