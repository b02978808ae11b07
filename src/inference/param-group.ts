/** Parameter groups: which parameters an inference trains. */
import { SiteError } from '../../dsl/index.js';

/**
 * Some parameters: those whose name a function accepts, or those named, each with all below it, so
 * that `'decoder'` is `'decoder/0/kernel'` as well.
 */
export type ParamGroup = ((name: string) => boolean) | readonly string[];

const isFunction = (group: ParamGroup): group is (name: string) => boolean =>
  typeof group === 'function';

const isUnder = (name: string, prefix: string): boolean =>
  name === prefix || name.startsWith(`${prefix}/`);

const unknown = (expected: string, received: string, names: readonly string[]): SiteError =>
  new SiteError({
    site: 'trains',
    expected,
    received,
    cure: `The programs have ${names.join(', ') || 'no parameters'}.`,
  });

/**
 * The names that lie in a group, in their order. A group that names what is not there, or that is
 * empty, throws a `SiteError`.
 */
export const namesIn = (group: ParamGroup, names: readonly string[]): readonly string[] => {
  if (!isFunction(group)) {
    for (const prefix of group) {
      if (!names.some((name) => isUnder(name, prefix))) {
        throw unknown('names of parameters, or what they begin with', `'${prefix}'`, names);
      }
    }
  }
  const found = names.filter((name) =>
    isFunction(group) ? group(name) : group.some((prefix) => isUnder(name, prefix)),
  );
  if (found.length === 0) throw unknown('a group of at least one parameter', 'none', names);
  return found;
};
