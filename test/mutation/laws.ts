/** Faults in the law kit itself: a law that lets a broken model pass, or fails a sound one. */
import type { Mutation } from './mutation.js';

export const laws: readonly Mutation[] = [
  {
    name: 'a rate of false alarms that every claim has for itself',
    file: 'src/testing/sequential.ts',
    find: 'Math.log(claims.length / falseAlarm)',
    replace: 'Math.log(1 / falseAlarm)',
    killedBy: 'test/broken-laws.test.ts',
  },
  {
    name: 'a sequential test without the price of looking',
    file: 'src/testing/sequential.ts',
    find: 'return -growth / 2 + (n / 2) * gain;',
    replace: 'return (n / 2) * gain;',
    killedBy: 'test/broken-laws.test.ts',
  },
  {
    name: 'a bet on the other side',
    file: 'src/testing/sequential.ts',
    find: 'c + Math.log1p((STAKES[k] ?? 0) * (x - 1))',
    replace: 'c + Math.log1p((STAKES[k] ?? 0) * (1 - Math.min(x, 2)))',
    killedBy: 'test/broken-laws.test.ts',
  },
  {
    name: 'a weight that is only looked at once',
    file: 'src/testing/exact-guide-law.ts',
    find: 'column(rows, datum).forEach(',
    replace: 'column(rows, datum).slice(0, 1).forEach(',
    killedBy: 'test/broken-laws.test.ts',
  },
  {
    name: 'an objective taken for a sum over data that is none',
    file: 'src/testing/replicated.ts',
    find: 'if (!isSum) {',
    replace: 'if (!isSum && axis > 0) {',
    killedBy: 'test/broken-laws.test.ts',
  },
  {
    name: 'rows of a minibatch with noise of other rows',
    file: 'src/testing/minibatches-law.ts',
    find: 'rowsOfPlate(noise, axes, size, at)',
    replace: 'rowsOfPlate(noise, axes.size > 0 ? new Map() : axes, size, at)',
    killedBy: 'test/broken-laws.test.ts',
  },
  {
    name: 'a broken law that counts as one that does not apply',
    file: 'src/testing/check-model.ts',
    find: 'if (error instanceof LawNotApplicable)',
    replace: 'if (error instanceof LawNotApplicable || error instanceof Error)',
    killedBy: 'test/broken-laws.test.ts',
  },
  {
    name: 'a guard: names are changed under an objective that names them',
    file: 'src/testing/naming-laws.ts',
    find: 'if (named.length === 0)',
    replace: 'if (sites.length === 0)',
    killedBy: 'test/broken-laws.test.ts',
  },
];
