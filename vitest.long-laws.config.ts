/** `npm run laws:long`: what `npm test` asks a few cases of: laws of kernels and distributions, posteriors that are known. */
import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    projects: undefined,
    include: [
      'test/kernels/**/*.test.ts',
      'test/dsl/distributions/distributions.test.ts',
      'test/examples/posteriors.test.ts',
    ],
    env: { LAWS: 'long' },
    testTimeout: 3_600_000,
  },
});
