/** `npm run check:docs`: the examples of docstrings and pages, of which `npm test` asks a part of the questions. */
import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    projects: undefined,
    include: ['test/docs/**/*.test.ts'],
    env: { DOCS: 'long' },
  },
});
