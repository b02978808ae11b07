/** What a user may import: a small main entry, rooms that are whole, and no name in two of them. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { followed } from './docs/entries.js';
import { type PublicEntry, publicEntries } from './public-entries.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const [main, ...others] = publicEntries;
const rooms = others.filter(({ specifier }) => specifier !== 'marginalia/testing/laws');

const namesIn = (entry: PublicEntry | undefined): readonly string[] => {
  if (entry === undefined) throw new Error('the package has no entry');
  const { values, types } = followed(entry.specifier, entry.source, read);
  return [...new Set([...values, ...types])];
};

const roomsOf = (name: string): readonly string[] =>
  rooms.filter((room) => namesIn(room).includes(name)).map(({ specifier }) => specifier);

const valuesOf = async ({
  source,
}: PublicEntry): Promise<readonly (readonly [string, unknown])[]> => {
  const loaded: object = await import(join(root, source));
  return Object.entries(loaded);
};

/** The files that are loaded with some: what they import or export, types left out. */
const loadedWith = (files: readonly string[]): ReadonlySet<string> => {
  const found = new Set(files);
  // A set is walked over with what is added on the way.
  for (const file of found) {
    for (const [, clause = '', path = ''] of read(file).matchAll(
      /^(?:import|export)\b([^;']*?)(?: from )?'(\.[^']+)';$/gm,
    )) {
      if (!clause.startsWith(' type '))
        found.add(join(dirname(file), path).replace(/\.js$/, '.ts'));
    }
  }
  return found;
};

describe('the main entry', () => {
  it('loads no family but those that it has, and what they are made of', () => {
    const ofFamilies = (files: ReadonlySet<string>): readonly string[] =>
      [...files].filter((file) => file.startsWith('dsl/distributions/')).toSorted();
    const own = [...read('src/index.ts').matchAll(/'\.\.\/(dsl\/distributions\/[^']+)\.js'/g)];
    const wanted = loadedWith(own.map(([, path]) => `${path}.ts`));
    expect(own.length).toBeGreaterThan(10);
    expect(ofFamilies(loadedWith(['src/index.ts']))).toEqual(ofFamilies(wanted));
  });

  it('is small', () => {
    expect(main?.specifier).toBe('marginalia');
    expect(namesIn(main).length).toBeGreaterThan(50);
    expect(namesIn(main).length).toBeLessThanOrEqual(80);
  });

  it('has nothing that no room has', () => {
    expect(namesIn(main).filter((name) => roomsOf(name).length !== 1)).toEqual([]);
  });

  it('has the very values of the rooms', async () => {
    const whole = new Map((await Promise.all(rooms.map(valuesOf))).flat());
    const own = main === undefined ? [] : await valuesOf(main);
    expect(own.filter(([name, value]) => whole.get(name) !== value)).toEqual([]);
  });
});

describe('the rooms', () => {
  it('have no name twice', () => {
    const names = rooms.flatMap(namesIn);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('mend the kernels of TensorFlow.js before anything else, whichever is imported', () => {
    const engine = publicEntries.filter(({ source }) => source.startsWith('src/'));
    const late = engine.filter(
      ({ source }) =>
        !/^(?:im|ex)port .*\/on-import\.js'/.test(read(source).replace(/^\/\*\*.*?\*\/\s*/s, '')),
    );
    expect(late).toEqual([]);
  });
});
