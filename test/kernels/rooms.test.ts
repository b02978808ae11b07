/** Every room of kernels has its laws tested; what they ask of each kernel in it, they say themselves. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

const here = (path: string): URL => new URL(path, import.meta.url);

/** Code of the user's: no law holds for it. */
const WITHOUT_LAWS = ['host'];

const rooms = readdirSync(here('../../src/kernels'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

it.each(rooms.filter((room) => !WITHOUT_LAWS.includes(room)))('%s', (room) => {
  const file = here(`./${room}.test.ts`);
  expect(existsSync(file), `test/kernels/${room}.test.ts`).toBe(true);
  expect(readFileSync(file, 'utf8')).toContain(`kernelLaws('${room}', `);
});

it('lists every room', () => {
  const index = readFileSync(here('../../src/kernels/index.ts'), 'utf8');
  expect(rooms.filter((room) => !index.includes(`./${room}/index.js`))).toEqual([]);
});
