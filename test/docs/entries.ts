/** The examples of the project as modules, with the names of the public entries supplied. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { publicEntries } from '../public-entries.js';
import { type Example, type Unrun, extract } from './extract.js';
import { type ExampleModule, moduleOf, specifierOf } from './module.js';
import { type Names, exportsOf, together } from './names.js';

export interface ExampleModules {
  readonly modules: readonly ExampleModule[];
  readonly unrun: readonly Unrun[];
}

/** What an entry exports, with what the files have that it exports whole. */
export const followed = (from: string, file: string, read: (file: string) => string): Names => {
  const source = read(file);
  const rooms = [...source.matchAll(/^export \* from '(.+)\.js';/gm)].flatMap(([, path]) =>
    path === undefined ? [] : [join(dirname(file), `${path}.ts`)],
  );
  return rooms.map((room) => followed(from, room, read)).reduce(together, exportsOf(from, source));
};

/** Names that several entries have are supplied from the first. */
const eachOnce = (entries: readonly Names[]): readonly Names[] =>
  entries.reduce<readonly Names[]>((all, { from, values, types }) => {
    const known = new Set(all.flatMap((names) => [...names.values, ...names.types]));
    const isNew = (name: string): boolean => !known.has(name);
    return [...all, { from, values: values.filter(isNew), types: types.filter(isNew) }];
  }, []);

/** The names of the public entries of the project at `root`, each where it is found first. */
export const publicNames = (root: string): readonly Names[] =>
  eachOnce(
    publicEntries.map(({ specifier, source }) =>
      followed(specifier, source, (file) => readFileSync(join(root, file), 'utf8')),
    ),
  );

/** Every example of the project at `root` as a module for `folder`. */
export const exampleModules = (root: string, folder: string): ExampleModules => {
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  const entries = publicNames(root);
  const ownNames = ({ file }: Example): Names =>
    file.endsWith('.ts')
      ? exportsOf(specifierOf(file, folder), read(file))
      : { from: file, values: [], types: [] };
  const { examples, unrun } = extract(root);
  return {
    modules: examples.map((example) => moduleOf(example, entries, ownNames(example))),
    unrun,
  };
};

/** Stated numbers are rounded, so they agree to a relative 1e-4. */
export const agree = (a: unknown, b: unknown): boolean | undefined =>
  typeof a === 'number' && typeof b === 'number'
    ? Object.is(a, b) || (Number.isFinite(b) && Math.abs(a - b) <= 1e-4 * Math.abs(b) + 1e-6)
    : undefined;
