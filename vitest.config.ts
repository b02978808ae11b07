import { defineConfig } from 'vitest/config';

/** Tests that leave TensorFlow.js as it was: a worker imports it once for all of them. */
const SHARED = ['lint', 'interpreters', 'evidence', 'diagnostics', 'testing'].map(
  (room) => `test/${room}/**/*.test.ts`,
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
