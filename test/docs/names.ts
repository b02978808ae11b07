/** The names that a source file exports, read from its text. */

export interface Names {
  /** The specifier to import them from. */
  readonly from: string;
  readonly values: readonly string[];
  readonly types: readonly string[];
}

const withoutComments = (source: string): string =>
  source.replace(/\/\*.*?\*\//gs, '').replace(/^\s*\/\/.*$/gm, '');

interface Found {
  readonly values: readonly string[];
  readonly types: readonly string[];
}

/** Exported under these names, a value can only be had through a namespace. */
const RESERVED = ['let', 'default'];

const inClauses = (source: string): readonly (Found & { readonly typeOnly: boolean })[] =>
  [...source.matchAll(/export (type )?\{([^}]*)\}/g)].map(([, typeOnly, list = '']) => {
    const names = list
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
    const exported = (item: string): string => item.replace(/^type /, '').replace(/^.* as /, '');
    return {
      typeOnly: typeOnly !== undefined,
      values: names.filter((n) => !n.startsWith('type ')).map(exported),
      types: names.filter((n) => n.startsWith('type ')).map(exported),
    };
  });

const group = (source: string, pattern: RegExp): readonly string[] =>
  [...source.matchAll(pattern)].flatMap(([, name]) => (name === undefined ? [] : [name]));

/** What `source` itself exports; `export *` is left to the caller, who knows that file. */
export const exportsOf = (from: string, source: string): Names => {
  const text = withoutComments(source);
  const clauses = inClauses(text);
  return {
    from,
    values: [
      ...group(text, /^export (?:async )?(?:const|function\*?|class) (\w+)/gm),
      ...group(text, /^export \* as (\w+)/gm),
      ...clauses.flatMap((c) => (c.typeOnly ? [] : c.values)),
    ].filter((name, i, all) => all.indexOf(name) === i && !RESERVED.includes(name)),
    types: [
      ...group(text, /^export (?:interface|type) (\w+)/gm),
      ...clauses.flatMap((c) => (c.typeOnly ? [...c.values, ...c.types] : c.types)),
    ],
  };
};

/** Two lists of names as one, under the first one's specifier. */
export const together = (a: Names, b: Names): Names => ({
  from: a.from,
  values: [...a.values, ...b.values],
  types: [...a.types, ...b.types],
});
