/** `npm run laws:kernels`: the laws of kernels over many cases each, of which `npm test` asks a few. */
import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    projects: undefined,
    include: ['test/kernels/**/*.test.ts'],
    env: { KERNEL_LAWS: 'long' },
    testTimeout: 3_600_000,
  },
});
