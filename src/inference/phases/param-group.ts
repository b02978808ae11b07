/** Parameter groups: which parameters an inference trains. */
import { SiteError } from '../../../dsl/index.js';
import type { IsComputed, NamesOf } from '../../../dsl/program/site.js';
import { listedNames, nearestNames } from '../../../dsl/checks/nearest.js';

/**
 * Some parameters: those whose name a function accepts, or those named, each with all below it, so
 * that `'decoder'` is `'decoder/0/kernel'` as well.
 */
export type ParamGroup = ((name: string) => boolean) | readonly string[];

/** What the compiler shows for a group that names no parameter. */
export interface UnknownParam<Reason extends string> {
  readonly 'The programs have no such parameter': Reason;
}

/** `N` where it is a parameter of the rows, or what one begins with. */
type Known<N extends string, P extends string> = P extends P
  ? N extends P
    ? N
    : P extends `${N}/${string}`
      ? N
      : never
  : never;

/** The literals of `T` that name no parameter of `E`; none where a name of `E` is computed as a whole. */
type Missed<E, T> = unknown extends E
  ? never
  : string extends NamesOf<E, 'param'>
    ? never
    : T extends readonly (infer N extends string)[]
      ? N extends N
        ? IsComputed<N> extends true
          ? never
          : Exclude<N, Known<N, NamesOf<E, 'param'> & string>>
        : never
      : never;

/** Refuses groups that name what is no parameter of the programs' rows. */
export type KnownGroup<E, T> = [Missed<E, T>] extends [never]
  ? unknown
  : UnknownParam<`there is no parameter '${Missed<E, T>}' in the model or the guide`>;

const isFunction = (group: ParamGroup): group is (name: string) => boolean =>
  typeof group === 'function';

const isUnder = (name: string, prefix: string): boolean =>
  name === prefix || name.startsWith(`${prefix}/`);

/** A name with all that it lies below: of `a/b/c` also `a/b` and `a`. */
const withPrefixes = (name: string): readonly string[] =>
  name.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'));

const unknown = (
  expected: string,
  received: string,
  names: readonly string[],
  name?: string,
): SiteError => {
  const near =
    name === undefined ? [] : nearestNames(name, [...new Set(names.flatMap(withPrefixes))]);
  const question = near[0] === undefined ? '' : `Did you mean '${near[0]}'? `;
  return new SiteError({
    site: 'trains',
    expected,
    received,
    cure: `${question}The programs have ${names.length === 0 ? 'no parameters' : listedNames(names)}.`,
  });
};

/**
 * The names that lie in a group, in their order. A group that names what is not there, or that is
 * empty, throws a `SiteError`.
 */
export const namesIn = (group: ParamGroup, names: readonly string[]): readonly string[] => {
  if (!isFunction(group)) {
    for (const prefix of group) {
      if (!names.some((name) => isUnder(name, prefix))) {
        throw unknown('names of parameters, or what they begin with', `'${prefix}'`, names, prefix);
      }
    }
  }
  const found = names.filter((name) =>
    isFunction(group) ? group(name) : group.some((prefix) => isUnder(name, prefix)),
  );
  if (found.length === 0) throw unknown('a group of at least one parameter', 'none', names);
  return found;
};
