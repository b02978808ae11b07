/** Faults in the runner of laws, in `checkModel`, and in the laws of programs that it runs. */
import type { Mutation } from './mutation.js';

const RUNNER = 'test/testing/law/run-laws.test.ts';

export const checkedModels: readonly Mutation[] = [
  {
    name: 'a broken law that counts as one that does not apply',
    file: 'src/testing/law/run-laws.ts',
    find: '(error instanceof LawNotApplicable ? skipped : broken)',
    replace: '(error instanceof Error ? skipped : broken)',
    killedBy: RUNNER,
  },
  {
    name: 'laws in the order in which they stand',
    file: 'src/testing/law/run-laws.ts',
    find: 'asked.toSorted((a, b) => rankOf(a) - rankOf(b))',
    replace: 'asked.toSorted((a, b) => rankOf(a) - rankOf(a) + rankOf(b) - rankOf(b))',
    killedBy: RUNNER,
  },
  {
    name: 'a budget that is not kept',
    file: 'src/testing/law/run-laws.ts',
    find: '(start - began) / 1000 >= budget',
    replace: '(start - began) / 1000 >= Infinity',
    killedBy: RUNNER,
  },
  {
    name: 'the false alarms of a call for each of its laws',
    file: 'src/testing/law/run-laws.ts',
    find: 'falseAlarm / Math.max(1, sharing.length)',
    replace: 'falseAlarm / Math.min(1, sharing.length)',
    killedBy: RUNNER,
  },
  {
    name: 'a call that checked nothing and passes',
    file: 'src/testing/law/run-laws.ts',
    find: 'if (passed.length > 0) return report;',
    replace: 'if (passed.length >= 0) return report;',
    killedBy: RUNNER,
  },
];
