/** Turns an example into a module that the compiler checks and the test runs. */
import { relative } from 'node:path';
import type { Example } from './extract.js';
import type { Names } from './names.js';
import { statedResults } from './statements.js';

/** A module whose default export runs the example, telling `result` of what is stated. */
export interface ExampleModule {
  readonly example: Example;
  /** Its file in the folder of generated modules. */
  readonly name: string;
  readonly text: string;
  /** How many results it states. */
  readonly stated: number;
  /** Whether it can fail: it states a result, or calls a check that throws. */
  readonly asserts: boolean;
  /** What to add to a line of the module for the same line of the example's file. */
  readonly shift: number;
}

/** What every example may use without a word. */
const SUPPLIED: Readonly<Record<string, string>> = {
  tf: "import * as tf from '@tensorflow/tfjs';",
  monad: "import * as monad from 'marginalia/monad';",
  fc: "import * as fc from 'fast-check';",
  E: "import * as E from 'fp-ts/lib/Either.js';",
  TE: "import * as TE from 'fp-ts/lib/TaskEither.js';",
  pipe: "import { pipe } from 'fp-ts/lib/function.js';",
};

/** Properties and the laws of `marginalia/testing` throw where they do not hold. */
const THROWING = /\b(?:fc\.assert|check[A-Z]\w*)\(/;

const OPENING =
  'export default async (result: <T>(actual: T, expected: NoInfer<T>) => void): Promise<void> => {';

const wordsOf = (code: string): ReadonlySet<string> => new Set(code.match(/[A-Za-z_$][\w$]*/g));

const clause = ({ from, values, types }: Names): readonly string[] =>
  values.length + types.length === 0
    ? []
    : [`import { ${[...values, ...types.map((t) => `type ${t}`)].join(', ')} } from '${from}';`];

const only = (names: Names, keep: (name: string) => boolean): Names => ({
  from: names.from,
  values: names.values.filter(keep),
  types: names.types.filter(keep),
});

/** Imports of the names that the example uses: from the public entries, then from its own file. */
const supplied = (code: string, entries: readonly Names[], own: Names): readonly string[] => {
  const words = wordsOf(code);
  const known = new Set(entries.flatMap(({ values, types }) => [...values, ...types]));
  return [
    ...Object.entries(SUPPLIED).flatMap(([name, line]) => (words.has(name) ? [line] : [])),
    ...entries.flatMap((entry) => clause(only(entry, (name) => words.has(name)))),
    ...clause(only(own, (name) => words.has(name) && !known.has(name))),
  ];
};

/** The example with its stated results turned into calls, a line for a line. */
const withCalls = (lines: readonly string[]): readonly string[] =>
  statedResults(lines.join('\n')).reduce<readonly string[]>(
    (all, { from, to, expression, value }) => {
      const call = `result(${expression}, ${value});`.split('\n');
      const padding = Array.from({ length: Math.max(0, to - from + 1 - call.length) }, () => '');
      return [...all.slice(0, from), ...call, ...padding, ...all.slice(to + 1)];
    },
    lines,
  );

/** `own` are the names that the example's file exports, `entries` those of the public entries. */
export const moduleOf = (
  example: Example,
  entries: readonly Names[],
  own: Names,
): ExampleModule => {
  const { file, line, code } = example;
  const lines = code.split('\n');
  const imports = lines.findLastIndex((text) => /^(?:import .*|\} )from '.*';$/.test(text)) + 1;
  // A program that imports for itself is whole: nothing is supplied, as for its reader.
  const head = imports > 0 ? lines.slice(0, imports) : supplied(code, entries, own);
  const stated = statedResults(code).length;
  return {
    example,
    name: `${file.replace(/\.(?:ts|md)$/, '').replaceAll('/', '-')}-${line}`,
    stated,
    asserts: stated > 0 || THROWING.test(code),
    shift: line + imports - head.length - 1,
    text: [...head, OPENING, ...withCalls(lines.slice(imports)), 'void result;', '};', ''].join(
      '\n',
    ),
  };
};

/** The specifier of a source file for a module generated in `folder`, both from the root. */
export const specifierOf = (file: string, folder: string): string =>
  relative(folder, file.replace(/\.ts$/, '.js'));
