/** Faults of the entries, and those that an example of the documentation, or what runs it, must notice. */
import type { Mutation } from '../mutation.js';

const killedBy = 'test/docs/asleep.test.ts';

export const documentation: readonly Mutation[] = [
  {
    name: 'an example that would pass without its function: no gradient is looked at',
    file: 'src/bounds/estimators/rescored.ts',
    find: " * inference.gradients(inference.init(key(0)), undefined)['loc']?.dataSync()[0]; // 2\n",
    replace: ' * inference.init(key(0)).step; // 0\n',
    killedBy,
    quick: true,
  },
  {
    name: 'an example that would pass without its function: a law that is never broken',
    file: 'src/testing/distributions/distribution-laws.ts',
    find: ' * E.isLeft(E.tryCatch(() => checkDraws(() => wrong), String)); // true\n',
    replace: '',
    killedBy,
    quick: true,
  },
  {
    name: 'an example that states an infinity and accepts any number',
    file: 'src/evidence/psis.ts',
    find: ' * paretoK([2, 2, 2, 2]); // -Infinity\n',
    replace: ' * paretoK([2, 2, 2, 2]); // Infinity\n',
    killedBy: 'test/docs/examples.test.ts',
    quick: true,
  },
  {
    name: 'entries: one that leaves the kernels as they were',
    file: 'src/entries/distributions.ts',
    find: "import '../backend/on-import.js';\n",
    replace: '',
    killedBy: 'test/entries.test.ts',
    quick: true,
  },
  {
    name: 'entries: a room without a name that the main entry has',
    file: 'dsl/distributions/index.ts',
    find: "export { normal } from './real-line/normal.js';\n",
    replace: '',
    killedBy: 'test/entries.test.ts',
  },
  {
    name: 'a page of distributions that does not say what a docstring says',
    file: 'dsl/distributions/positive/gamma.ts',
    find: 'and inverse scale `rate`; its mean is their ratio.',
    replace: 'and inverse scale `rate`.',
    killedBy: 'test/docs/distributions/page.test.ts',
    quick: true,
  },
  {
    name: 'entries: a language that loads every family',
    file: 'dsl/index.ts',
    find: "export { klDivergence } from './divergences/kl.js';\n",
    replace:
      "export { klDivergence } from './divergences/kl.js';\nexport * from './distributions/index.js';\n",
    killedBy: 'test/entries.test.ts',
    quick: true,
  },
];
