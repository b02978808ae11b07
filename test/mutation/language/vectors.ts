/** Faults in maps and laws of vectors and matrices, and in the factors that they need. */
import type { Mutation } from '../mutation.js';

const bijectors = 'test/dsl/bijectors/bijectors.test.ts';

export const vectors: readonly Mutation[] = [
  {
    name: 'what is left of a row by its sum before',
    file: 'dsl/supports/corr-cholesky.ts',
    find: 'strictlyLowerEntries(tf.cumsum(squares, y.rank - 1, true, true));',
    replace: 'strictlyLowerEntries(tf.sub(1, tf.cumsum(squares, y.rank - 1)));',
    killedBy: bijectors,
  },
  {
    name: 'the volume of correlations without what a row has left',
    file: 'dsl/supports/corr-cholesky.ts',
    find: '1 + (i - 1 - j) / 2)',
    replace: '1 + (i - 1 - j) / 4)',
    killedBy: bijectors,
  },
  {
    name: 'steps that are equal at no distance',
    file: 'dsl/supports/ordered.ts',
    find: 'choose(equal(steps, tf.scalar(0)), tf.scalar(SMALLEST), steps)',
    replace: 'steps',
    killedBy: bijectors,
  },
  {
    name: 'an ordered vector that may go down',
    file: 'dsl/supports/ordered.ts',
    find: '(step) => step >= 0)',
    replace: '(step) => step >= -1)',
    killedBy: 'test/dsl/supports/ordered.test.ts',
  },
  {
    name: 'an inverse with the volume of the map itself',
    file: 'dsl/bijectors/invert.ts',
    find: 'b.logAbsDetJacobian(b.inverse(y))',
    replace: 'tf.neg(b.logAbsDetJacobian(b.inverse(y)))',
    killedBy: bijectors,
  },
  {
    name: 'maps in a row that do not meet',
    file: 'dsl/bijectors/compose.ts',
    find: '      same(given, taken),',
    replace: '      same(given, given),',
    killedBy: bijectors,
  },
  {
    name: 'a composition by the axes of its last map',
    file: 'dsl/bijectors/compose.ts',
    find: '(ranks[i] ?? 0) - part.inputRank)',
    replace: '0)',
    killedBy: bijectors,
  },
  {
    name: 'a permutation undone by itself',
    file: 'dsl/bijectors/permute.ts',
    find: 'inverse: (y) => by(y, back),',
    replace: 'inverse: (y) => by(y, places),',
    killedBy: bijectors,
  },
  {
    name: 'a map of laws on any set',
    file: 'dsl/combinators/transformed.ts',
    find: 'isWithin(given, taken) && isWithin(taken, given),',
    replace: 'isWithin(given, given),',
    killedBy: bijectors,
  },
  {
    name: 'elimination without pivots',
    file: 'dsl/numerics/double/elimination.ts',
    find: 'if (Math.abs(at(i, c)) > Math.abs(at(pivot, c))) pivot = i;',
    replace: 'if (Math.abs(at(i, c)) > 1e30) pivot = i;',
    killedBy: bijectors,
  },
];
