/**
 * The example of a function gives what it states, and fails where the function does nothing: it would be asleep otherwise.
 * `npm run check:docs` asks of each every way of doing nothing, `npm test` one.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { agree, exampleModules } from './entries.js';
import { type Result, holds } from './holds.js';
import type { ExampleModule } from './module.js';
import { replaceable } from './replaced.js';
import { type StandIn, idleForms, swappedIn } from './stand-ins.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Of this process alone, so that two runs at once do not meet.
const folder = `dist/docs/${process.pid}-asleep`;

/** Zeros are what they are for. */
const GIVE_ZEROS = ['zeros', 'estimatorCarry'];

const isLong = process.env['DOCS'] === 'long';

/** How many ways there are. */
const WAYS = Object.keys(idleForms).length;

const isOfZeros = (form: string): boolean => form.includes('zeros');

type Swap = (value: unknown) => unknown;
type Body = (result: Result, swap: Swap) => Promise<void>;

const { modules } = exampleModules(root, folder);
const about = modules.filter(({ example }) => example.about !== undefined);

const home = process.cwd();
let scratch = home;

beforeAll(async () => {
  expect.addEqualityTesters([agree]);
  mkdirSync(join(root, folder), { recursive: true });
  for (const m of about) writeFileSync(join(root, folder, `${m.name}.ts`), replaceable(m));
  scratch = await mkdtemp(join(tmpdir(), 'marginalia-docs-'));
  process.chdir(scratch);
});

afterAll(async () => {
  process.chdir(home);
  await rm(scratch, { recursive: true });
  rmSync(join(root, folder), { recursive: true });
});

const load = async <A>(path: string): Promise<A> => {
  const loaded: A = await import(path);
  return loaded;
};

const passes = (m: ExampleModule, body: Body, swap: Swap): Promise<boolean> =>
  holds(m, (result) => body(result, swap)).then(
    () => true,
    () => false,
  );

it.each(about.map((m, i) => [`${m.example.about} at ${m.example.file}`, m, i] as const))(
  'states what it gives, and notices without %s',
  async (_, m, i) => {
    const own = await load<Readonly<Record<string, unknown>>>(join(root, m.example.file));
    const subject = own[m.example.about ?? ''];
    const { default: body } = await load<{ readonly default: Body }>(
      join(root, folder, `${m.name}.ts`),
    );
    await holds(m, (result) => body(result, (value) => value));
    expect(vi.mocked(console.warn).mock.calls).toEqual([]);
    expect(vi.mocked(console.error).mock.calls).toEqual([]);
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const asleep: string[] = [];
    const forms = Object.entries(idleForms).filter(
      ([form], k) =>
        (isLong || k === i % WAYS) &&
        !(isOfZeros(form) && GIVE_ZEROS.includes(m.example.about ?? '')),
    );
    let hasNumbers = true;
    for (const [form, standInFor] of forms) {
      // What zeros and empty words in place of everything left as it was, zeros for numbers do not change either.
      if (isOfZeros(form) && !hasNumbers) continue;
      let differs = false;
      const standIn: StandIn = standInFor(() => (differs = true));
      const swap: Swap = (value) =>
        value === subject ? standIn(value) : swappedIn(value, subject, standIn);
      if ((await passes(m, body, swap)) && differs) asleep.push(form);
      if (isOfZeros(form)) hasNumbers = differs;
    }
    vi.mocked(console.warn).mockClear();
    vi.mocked(console.error).mockClear();
    expect(asleep.join('; ')).toBe('');
  },
);
