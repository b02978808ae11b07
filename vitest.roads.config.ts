/** `npm run roads`: every test of what is compiled, with each run in ONNX Runtime gone by both roads. */
import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    projects: undefined,
    setupFiles: ['test/setup.ts', 'test/compile/onnx/both-roads-setup.ts'],
    include: [
      '.',
      'compile/**',
      'inference/**',
      'bounds/**',
      'answers/**',
      'dsl/**',
      'evidence/**',
    ].map((room) => `test/${room}/*.test.ts`),
    // The roads themselves, and what is where there is none.
    exclude: ['test/compile/onnx/*.test.ts', 'test/**/runtime-missing.test.ts'],
  },
});
