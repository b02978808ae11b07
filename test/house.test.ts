/** The house: no room that needs a room which needs it, and no folder that is too full to look through. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

const filesIn = (top: string): readonly string[] =>
  readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(top, path));

/** Whose room a file is in: a folder of `src` or `dsl`, or that itself. */
const roomOf = (file: string): string => dirname(file).split('/').slice(0, 2).join('/');

/** The rooms that each room imports from. */
const neededBy = (files: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const needed = new Map<string, Set<string>>();
  for (const file of files) {
    const of = needed.get(roomOf(file)) ?? new Set();
    needed.set(roomOf(file), of);
    for (const [, path = ''] of readFileSync(join(root, file), 'utf8').matchAll(
      / from '(\..+)'/g,
    )) {
      const to = roomOf(normalize(join(dirname(file), path)));
      if (to !== roomOf(file)) of.add(to);
    }
  }
  return needed;
};

/** The rooms that come back to where they began, by way of others. */
const circles = (needed: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] => {
  const reached = (from: string): ReadonlySet<string> => {
    const found = new Set<string>();
    const waiting = [...(needed.get(from) ?? [])];
    for (let room = waiting.pop(); room !== undefined; room = waiting.pop()) {
      if (found.has(room)) continue;
      found.add(room);
      waiting.push(...(needed.get(room) ?? []));
    }
    return found;
  };
  return [...needed.keys()].filter((room) => reached(room).has(room));
};

describe('the house', () => {
  it('has no room that needs itself by way of another', () => {
    expect(
      circles(
        new Map([
          ['a', new Set(['b'])],
          ['b', new Set(['a'])],
        ]),
      ),
    ).toEqual(['a', 'b']);
    expect(circles(neededBy([...filesIn('dsl'), ...filesIn('src')]))).toEqual([]);
  });

  it('has at most twenty files in a folder', () => {
    const counts = new Map<string, number>();
    for (const file of ['dsl', 'src', 'test', 'examples', 'bench'].flatMap(filesIn)) {
      counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count > 20).map(([folder]) => folder)).toEqual([]);
  });
});
