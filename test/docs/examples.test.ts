/** Every example of the documentation compiles, runs, and gives the results that it states. */
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Diagnostic, compile, writeModules } from './compile.js';
import { type Example, extract } from './extract.js';
import { type ExampleModule, moduleOf, specifierOf } from './module.js';
import { type Names, exportsOf, together } from './names.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = `dist/docs/${process.pid}`;

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const publicNames = together(
  exportsOf('marginalia', read('src/index.ts')),
  exportsOf('marginalia', read('dsl/index.ts')),
);

const ownNames = ({ file }: Example): Names =>
  file.endsWith('.ts')
    ? exportsOf(specifierOf(file, folder), read(file))
    : { from: file, values: [], types: [] };

const { examples, unrun } = extract(root);
const modules = examples.map((example) => moduleOf(example, [publicNames], ownNames(example)));
const place = ({ file, line }: Example): string => `${file}:${line}`;

/** Stated numbers are rounded, so they agree to a relative 1e-4. */
const close = (a: unknown, b: unknown): boolean | undefined =>
  typeof a === 'number' && typeof b === 'number'
    ? Object.is(a, b) || Math.abs(a - b) <= 1e-4 * Math.abs(b) + 1e-6
    : undefined;

const run = async ({ name }: ExampleModule, result: Result): Promise<void> => {
  const { default: body }: { default: (result: Result) => Promise<void> } = await import(
    join(root, folder, `${name}.ts`)
  );
  await body(result);
};

type Result = (actual: unknown, expected: unknown) => void;

const home = process.cwd();
let scratch = home;

beforeAll(async () => {
  expect.addEqualityTesters([close]);
  writeModules(root, folder, modules);
  // What an example writes must not land in the project.
  scratch = await mkdtemp(join(tmpdir(), 'marginalia-docs-'));
  process.chdir(scratch);
});

afterAll(async () => {
  process.chdir(home);
  await rm(scratch, { recursive: true });
  rmSync(join(root, folder), { recursive: true });
});

describe('every example', () => {
  it('is run', () => {
    expect(unrun).toEqual([]);
  });

  it('states a result', () => {
    const silent = modules.filter(
      ({ stated, example }) =>
        stated === 0 && example.prints === undefined && example.refusedWith === undefined,
    );
    expect(silent.map(({ example }) => place(example))).toEqual([]);
  });

  it('compiles, or is refused as it says', () => {
    const complaints = compile(root, folder);
    const of = ({ name }: ExampleModule): readonly Diagnostic[] =>
      complaints.filter((c) => c.name === name);
    const sources = modules.flatMap((m) =>
      m.example.refusedWith === undefined
        ? of(m).map((c) => `${m.example.file}:${c.line + m.shift}: ${c.message}`)
        : [],
    );
    expect(sources).toEqual([]);
    expect(complaints.filter((c) => modules.every((m) => m.name !== c.name))).toEqual([]);
    for (const m of modules.filter(({ example }) => example.refusedWith !== undefined)) {
      const said = of(m).map((c) => c.message);
      expect(said.join('\n'), place(m.example)).toBe(m.example.refusedWith);
    }
  });

  it.each(modules.filter(({ example }) => example.refusedWith === undefined))(
    '$example.file:$example.line',
    async (m) => {
      const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
      const result = vi.fn<Result>((actual, expected) => expect(actual).toEqual(expected));
      await run(m, result);
      expect(result).toHaveBeenCalledTimes(m.stated);
      const output = printed.mock.calls.map((line) => format(...line)).join('\n');
      expect(output).toBe(m.example.prints ?? '');
    },
  );
});
