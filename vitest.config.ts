import { readFileSync, readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** What changes TensorFlow.js, a module or the process for whatever runs after it. */
const TRACES = /\b(?:useBackend|setBackend|chdir)\b|vi\.mock/;

const tests = readdirSync(new URL('./test', import.meta.url), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `test/${name.replaceAll('\\', '/')}`);

/** Tests that leave everything as it was: a worker imports it once for all of them. */
const SHARED = tests.filter(
  (name) => !TRACES.test(readFileSync(new URL(name, import.meta.url), 'utf8')),
);

export default defineConfig({
  resolve: {
    alias: [
      {
        find: /^marginalia\/testing$/,
        replacement: new URL('./src/testing/index.ts', import.meta.url).pathname,
      },
      {
        find: /^marginalia\/testing\/laws$/,
        replacement: new URL('./src/testing/laws.ts', import.meta.url).pathname,
      },
      { find: /^marginalia$/, replacement: new URL('./src/index.ts', import.meta.url).pathname },
    ],
  },
  test: {
    setupFiles: ['test/setup.ts'],
    testTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: SHARED } },
      { extends: true, test: { name: 'shared', include: SHARED, isolate: false } },
    ],
  },
});
