/** `npm run laws:long`: the laws of kernels and distributions over many cases each, of which `npm test` asks a few. */
import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    projects: undefined,
    include: ['test/kernels/**/*.test.ts', 'test/dsl/distributions/distributions.test.ts'],
    env: { LAWS: 'long' },
    testTimeout: 3_600_000,
  },
});
