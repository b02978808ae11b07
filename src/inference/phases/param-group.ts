/** Parameter groups: which parameters an inference trains. */
import { SiteError } from '../../../dsl/index.js';
import type { IsComputed } from '../../../dsl/program/site.js';
import { listedNames, nearestNames } from '../../../dsl/refusals/nearest.js';

/**
 * Some parameters: those whose name a function accepts, or those named, each with all below it, so
 * that `'decoder'` is `'decoder/0/kernel'` as well.
 */
export type ParamGroup<N extends string = string> = ((name: string) => boolean) | readonly N[];

/** `N` where it is one of the parameters `P`, or what one begins with, and otherwise a sentence. */
export type GroupName<N extends string, P extends string> = N extends N
  ? true extends (
      P extends P ? (N extends P ? true : P extends `${N}/${string}` ? true : false) : never
    )
    ? N
    : string extends P
      ? N
      : IsComputed<N> extends true
        ? N
        : `There is no parameter '${N}' in the model or the guide.`
  : never;

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
