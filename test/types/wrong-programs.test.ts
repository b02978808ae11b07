/** What the compiler says of wrong programs: one message each, whose last line is a sentence. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Diagnostic, compile, writeModules } from '../docs/compile.js';
import { publicNames } from '../docs/entries.js';
import { type WrongProgram, fiftySites, wrongPrograms } from './wrong-programs.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Of this process alone, so that two runs at once do not meet.
const folder = `dist/types/${process.pid}`;
const programs = [...wrongPrograms, fiftySites];

const entries = publicNames(root);

/** Each name imported from the entry that has it. */
const importsOf = (uses: string): string =>
  uses
    .split(', ')
    .map((name) => {
      const bare = name.replace(/^type /, '');
      const entry = entries.find(({ values, types }) => [...values, ...types].includes(bare));
      return `import { ${name} } from '${entry?.from ?? 'marginalia'}';\n`;
    })
    .join('');

let said: readonly Diagnostic[] = [];

beforeAll(() => {
  writeModules(
    root,
    folder,
    programs.map(({ name, uses, code }) => ({
      name,
      text: `${importsOf(uses)}${code}\n`,
    })),
  );
  said = compile(root, folder);
}, 60_000);

afterAll(() => {
  rmSync(join(root, folder), { recursive: true });
});

const linesOf = ({ name }: WrongProgram): readonly string[] =>
  said.filter((d) => d.name === name).flatMap(({ message }) => message.split('\n'));

/** What a refusal ends with: the sentence that stands in the place of a type, or the whole line. */
const sentenceIn = (line: string): string => / type '"(.*)"'\.$/.exec(line)?.[1] ?? line.trim();

describe('the compiler', () => {
  it.each(programs.map((wrong) => [wrong.name, wrong] as const))('refuses %s', (name, wrong) => {
    expect(said.filter((d) => d.name === name)).toHaveLength(1);
    const sentence = sentenceIn(linesOf(wrong).at(-1) ?? '');
    expect(sentence).toBe(wrong.says);
    expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  it('refuses nothing else', () => {
    expect(said).toHaveLength(programs.length);
  });

  it('says so in few words at fifty sites', () => {
    const lines = linesOf(fiftySites);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.length).toBeLessThan(400);
  });
});
