/** `npm run laws`: the long campaigns of the law kit, which `npm test` runs in a short form. */
import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    projects: undefined,
    include: ['test/laws/**/*.laws.ts'],
    testTimeout: 3_600_000,
  },
});
