/** `npm run laws:bounds`: `checkObjective` over the cases of many seeds, of which `npm test` asks one. */
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
