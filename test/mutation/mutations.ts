/** Faults that the tests must notice. A new law comes with one that breaks it. */
import { bench } from './bench.js';
import { bounds } from './bounds.js';
import { engine } from './engine.js';
import { families } from './families.js';
import { language } from './language.js';
import type { Mutation } from './mutation.js';

export type { Mutation } from './mutation.js';

export const mutations: readonly Mutation[] = [
  ...language,
  ...families,
  ...bounds,
  ...engine,
  ...bench,
];
