/** Finds the examples of the project: fences in docstrings and in Markdown pages. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Fence, fencesIn } from './fences.js';

/** A program for a reader, to be run. */
export interface Example {
  /** Its file, from the root of the project. */
  readonly file: string;
  readonly line: number;
  readonly code: string;
  /** The export whose docstring it stands in. */
  readonly about?: string;
  /** What it prints, where the page shows that. */
  readonly prints?: string;
  /** What the compiler says of it, where it is a program that must be refused. */
  readonly refusedWith?: string;
}

/** A fence that nothing would run, or an example without one. */
export interface Unrun {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

export interface Extracted {
  readonly examples: readonly Example[];
  readonly unrun: readonly Unrun[];
}

/** Fences on a page that are no programs of this language. */
const PLAIN = ['sh', 'json', 'python'];

const none: Extracted = { examples: [], unrun: [] };

const joined = (parts: readonly Extracted[]): Extracted => ({
  examples: parts.flatMap((p) => p.examples),
  unrun: parts.flatMap((p) => p.unrun),
});

/** What a `text` fence shows belongs to the program before it: its output, or its refusal. */
const fromFence = (file: string, fence: Fence, next: Fence | undefined): Extracted => {
  const { line, info, code } = fence;
  const shown = next?.info === 'text' ? next.code : undefined;
  const bad = (reason: string): Extracted => ({
    examples: [],
    unrun: [{ file, line, reason }],
  });
  switch (info) {
    case 'ts':
      return {
        unrun: [],
        examples: [{ file, line, code, ...(shown !== undefined && { prints: shown }) }],
      };
    case 'ts refused':
      return shown === undefined
        ? bad('a refused program without a text fence after it that says why')
        : { unrun: [], examples: [{ file, line, code, refusedWith: shown }] };
    default:
      return PLAIN.includes(info) ? none : bad(`a fence marked '${info}', which is not run`);
  }
};

const fromFences = (file: string, fences: readonly Fence[]): Extracted =>
  joined(
    fences.map((fence, i) =>
      fence.info === 'text' && fences[i - 1]?.info.startsWith('ts') === true
        ? none
        : fromFence(file, fence, fences[i + 1]),
    ),
  );

/** The text of a docstring without its frame of stars, line for line. */
const unframed = (comment: string): string =>
  comment
    .split('\n')
    .map((line) => line.replace(/^\s*(?:\/\*\*|\*\/|\*) ?/, ''))
    .join('\n');

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;

/** What the code right after a docstring declares, or exports under another name. */
const subjectOf = (after: string): string | undefined => {
  const [, declared, renamed] =
    /^\s*(?:export (?:async )?(?:const|function\*?|class) (\w+)|\w+ as (\w+))/.exec(after) ?? [];
  return declared ?? renamed;
};

const fromDocstring = (file: string, line: number, docstring: string): Extracted => {
  const fences = fencesIn(docstring, line);
  const promised = docstring.split('\n').flatMap((text, i) => (text === '@example' ? [i] : []));
  const programs = fences.filter((f) => f.info === 'ts').length;
  return joined([
    fromFences(file, fences),
    promised.length <= programs
      ? none
      : {
          examples: [],
          unrun: [{ file, line: line + (promised[0] ?? 0), reason: '@example without a ts fence' }],
        },
  ]);
};

/** The examples in the docstrings of a TypeScript file. */
export const examplesInSource = (file: string, source: string): Extracted =>
  joined(
    [...source.matchAll(/\/\*\*.*?\*\//gs)].map((match) => {
      const found = fromDocstring(file, lineAt(source, match.index), unframed(match[0]));
      const about = subjectOf(source.slice(match.index + match[0].length));
      return about === undefined
        ? found
        : { ...found, examples: found.examples.map((example) => ({ ...example, about })) };
    }),
  );

/** The examples on a Markdown page. */
export const examplesOnPage = (file: string, page: string): Extracted =>
  fromFences(file, fencesIn(page, 1));

const filesUnder = (root: string, folder: string, ending: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .toSorted();

const pagesAt = (root: string): readonly string[] =>
  readdirSync(root).filter((name) => name.endsWith('.md'));

/** Every example of the project. */
export const extract = (root: string): Extracted => {
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  const sources = ['dsl', 'src', 'examples'].flatMap((folder) => filesUnder(root, folder, '.ts'));
  // The programs of the gallery are files of the build, and run by tests of their own.
  const pages = [...pagesAt(root), ...filesUnder(root, 'docs', '.md')].filter(
    (file) => file !== 'docs/gallery.md',
  );
  return joined([
    ...sources.map((file) => examplesInSource(file, read(file))),
    ...pages.map((file) => examplesOnPage(file, read(file))),
  ]);
};
