/** The page on how it is built names files and folders that are there. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');

const under = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
    (name) => `${folder}/${name.replaceAll('\\', '/')}`,
  );

const tops = ['dsl', 'src', 'examples', 'bench', 'test', 'docs'];
const all = [...tops, ...tops.flatMap(under)];

/** What is quoted and looks like a path; `NAME` stands for any. */
const pathsIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([\w./-]+)`/g)].flatMap(([, path = '']) =>
    /\.ts$|^(?:dsl|src|examples|bench|test|docs)\//.test(path) && !path.includes('NAME')
      ? [path]
      : [],
  );

const rows = page.split('\n').filter((line) => /^\| [a-z]/.test(line) && !line.startsWith('| to '));

/** A row's paths are from the root or, after the first, from where that is. */
const missingIn = (row: string): readonly string[] => {
  const paths = pathsIn(row);
  const [first = ''] = paths;
  return paths.filter(
    (path) =>
      ![path, join(dirname(first), path), join(first, path)].some((at) =>
        existsSync(join(root, at)),
      ),
  );
};

describe('the map of the sources', () => {
  it('says where each thing is', () => {
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter((row) => pathsIn(row).length === 0 && !row.includes('NAME'))).toEqual([]);
  });

  it('names what is there', () => {
    expect(rows.flatMap((row) => missingIn(row).map((path) => `${path}: ${row}`))).toEqual([]);
  });
});

describe('the page', () => {
  it('names no file that is gone', () => {
    const ends = (path: string) => (name: string) => name === path || name.endsWith(`/${path}`);
    expect(pathsIn(page).filter((path) => !all.some(ends(path)))).toEqual([]);
  });
});
