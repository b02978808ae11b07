import { readFileSync, readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { publicEntries } from './test/public-entries.js';

const tests = readdirSync(new URL('./test', import.meta.url), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `test/${name.replaceAll('\\', '/')}`);

const saying = (words: RegExp): readonly string[] =>
  tests.filter((name) => words.test(readFileSync(new URL(name, import.meta.url), 'utf8')));

/** What changes a module or the process has a worker to itself. */
const ALONE = saying(/\bchdir\b|vi\.mock/);

/** What changes the backend of TensorFlow.js leaves `cpu` behind (`test/setup.ts`), beside others like it. */
const BACKENDS = saying(/\b(?:useBackend|setBackend|startBackends)\b/).filter(
  (name) => !ALONE.includes(name),
);

/** The others leave everything as it was. A worker imports it once for all of them. */
const SHARED = tests.filter((name) => ![...ALONE, ...BACKENDS].includes(name));

export default defineConfig({
  resolve: {
    alias: publicEntries.map(({ specifier, source }) => ({
      find: new RegExp(`^${specifier}$`),
      replacement: new URL(source, import.meta.url).pathname,
    })),
  },
  test: {
    setupFiles: ['test/setup.ts'],
    testTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'alone', include: [...ALONE] } },
      { extends: true, test: { name: 'backends', include: [...BACKENDS], isolate: false } },
      { extends: true, test: { name: 'shared', include: [...SHARED], isolate: false } },
    ],
  },
});
