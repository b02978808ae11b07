/** Every example of the documentation compiles, and what is of no function alone gives the results that it states. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publicEntries } from '../public-entries.js';
import { compile, writeModules } from './compile.js';
import { agree, exampleModules } from './entries.js';
import type { Example } from './extract.js';
import { type Result, holds } from './holds.js';
import type { ExampleModule } from './module.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Of this process alone, so that two runs at once do not meet.
const folder = `dist/docs/${process.pid}`;

const { modules, unrun } = exampleModules(root, folder);
const examples = modules.map(({ example }) => example);
const accepted = modules.filter(({ example }) => example.refusedWith === undefined);
/** Those of a function run where it is seen, too, that they notice it (`asleep.test.ts`). */
const ofNone = accepted.filter(({ example }) => example.about === undefined);
const refused = modules.filter(({ example }) => example.refusedWith !== undefined);

const place = ({ file, line }: Example): string => `${file}:${line}`;

const bodyOf = async ({ name }: ExampleModule): Promise<(result: Result) => Promise<void>> => {
  const loaded: { readonly default: (result: Result) => Promise<void> } = await import(
    join(root, folder, `${name}.ts`)
  );
  return loaded.default;
};

const home = process.cwd();
let scratch = home;

beforeAll(async () => {
  expect.addEqualityTesters([agree]);
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

const isClass = (f: unknown): boolean => String(f).startsWith('class');

const isModule = (value: object): boolean =>
  Object.prototype.toString.call(value) === '[object Module]';

/** The functions of a module and of those that it exports as namespaces. */
const functionsOf = (space: object): readonly string[] =>
  Object.entries(space).flatMap(([name, value]: readonly [string, unknown]) => {
    if (typeof value === 'object' && value !== null && isModule(value)) return functionsOf(value);
    return typeof value === 'function' && !isClass(value) ? [name] : [];
  });

describe('the documentation', () => {
  it('shows nothing that is not run', () => {
    expect(unrun).toEqual([]);
  });

  it('asserts something in every example', () => {
    const silent = accepted.filter((m) => !m.asserts && m.example.prints === undefined);
    expect(silent.map(({ example }) => place(example))).toEqual([]);
  });

  it('has an example of every public function', async () => {
    const rooms = await Promise.all(
      publicEntries
        .filter(({ specifier }) => !specifier.startsWith('marginalia/testing'))
        .map(({ source }): Promise<object> => import(join(root, source))),
    );
    const shown = examples.map(({ about }) => about);
    expect(rooms.flatMap(functionsOf).filter((name) => !shown.includes(name))).toEqual([]);
  });

  it('compiles, but for what it says is refused', () => {
    const complaints = compile(root, folder);
    const unexpected = complaints.flatMap(({ name, line, message }) => {
      if (refused.some((m) => m.name === name)) return [];
      const of = modules.find((m) => m.name === name);
      const at = of ? `${of.example.file}:${line + of.shift}` : `${name}:${line}`;
      return [`${at}: ${message}`];
    });
    expect(unexpected).toEqual([]);
    for (const { name, example } of refused) {
      const said = complaints.filter((c) => c.name === name).flatMap((c) => c.message.split('\n'));
      expect(
        said.map((line) => line.trim()),
        place(example),
      ).toEqual(expect.arrayContaining(example.refusedWith?.split('\n') ?? ['a refusal']));
    }
  });
});

describe('the example at', () => {
  it.each(ofNone.map((m) => [place(m.example), m] as const))('%s', async (_, m) => {
    await holds(m, await bodyOf(m));
  });
});
