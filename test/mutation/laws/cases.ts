/** Faults of generators of cases: answers that are not those of the programs, and asks that are not met. */
import type { Mutation } from '../mutation.js';

const DISCRETE = 'test/testing/cases/discrete-graphs.test.ts';
const CONJUGATE = 'test/testing/cases/conjugate-pairs.test.ts';
const COMPOSING = 'test/testing/cases/composing.test.ts';

export const cases: readonly Mutation[] = [
  {
    name: 'a discrete posterior that forgets what lies inside an element',
    file: 'src/testing/cases/discrete/exact-sums.ts',
    find: 'return own(element, row) * product(inside);',
    replace: 'return own(element, row) + 0 * product(inside);',
    killedBy: DISCRETE,
  },
  {
    name: 'a masked observation that counts in the sums',
    file: 'src/testing/cases/discrete/exact-sums.ts',
    find: 'observation === undefined || observation.kept?.[element] === false',
    replace: 'observation === undefined',
    killedBy: DISCRETE,
  },
  {
    name: 'a discrete guide with half the gap',
    file: 'src/testing/cases/discrete/guide-search.ts',
    find: 'if (moved(middle).gap < gap) low = middle;',
    replace: 'if (moved(middle).gap < gap / 2) low = middle;',
    killedBy: DISCRETE,
  },
  {
    name: 'correlations that are not asked for',
    file: 'src/testing/cases/discrete/discrete-graphs.ts',
    find: 'if (found.correlation >= sketch.correlation) return found;',
    replace: 'if (found.correlation >= 0) return found;',
    killedBy: DISCRETE,
  },
  {
    name: 'rows of an inner plate that are read by the outer one',
    file: 'src/testing/cases/discrete/network-program.ts',
    find: 'tf.mul(outer.element, int(size))',
    replace: 'tf.mul(outer.element, int(1))',
    killedBy: DISCRETE,
  },
  {
    name: 'a conjugate evidence without its factor',
    file: 'src/testing/cases/conjugate/exact.ts',
    find: 'factor === undefined ? before : plus(before, factor),',
    replace: 'before,',
    killedBy: CONJUGATE,
  },
  {
    name: 'a divergence of conjugate laws the other way round',
    file: 'src/testing/cases/conjugate/family.ts',
    find: 'meanStatistics(q),',
    replace: 'meanStatistics(p),',
    killedBy: CONJUGATE,
  },
  {
    name: 'a digamma function without its first term of Stirling',
    file: 'src/testing/cases/conjugate/gamma-in-double.ts',
    find: 'return Math.log(y) - 0.5 / y - series',
    replace: 'return Math.log(y) - 0 / y - series',
    killedBy: 'test/testing/cases/gamma-in-double.test.ts',
  },
  {
    name: 'a guide that is labelled by other numbers',
    file: 'src/testing/cases/guide-arbitraries.ts',
    find: 'words(`(${numbersTold(locs)}, ${numbersTold(scales)})`)',
    replace: 'words(`(${numbersTold(locs)}, ${numbersTold(scales.map((x) => x / by))})`)',
    killedBy: 'test/testing/cases/guides-for.test.ts',
  },
  {
    name: 'a factor that the evidence does not know of',
    file: 'src/testing/cases/composing/with-factor.ts',
    find: 'inner.logEvidence + (isOfData ? weight * mean : weight)',
    replace: 'inner.logEvidence + (isOfData ? weight : weight)',
    killedBy: COMPOSING,
  },
  {
    name: 'a network that moves what it should leave',
    file: 'src/testing/cases/composing/with-network.ts',
    find: 'tf.sub(outputs, tf.tensor1d([...network.outputs]))',
    replace: 'tf.sub(outputs, tf.zerosLike(tf.tensor1d([...network.outputs])))',
    killedBy: COMPOSING,
  },
  {
    name: 'a subsample of everything',
    file: 'src/testing/cases/composing/with-subsample.ts',
    find: '1 + (place % Math.max(1, (whole.rows?.size ?? 1) - 1))',
    replace: '1 + (place % Math.max(1, whole.rows?.size ?? 1))',
    killedBy: COMPOSING,
  },
  {
    name: 'a coverage that does not tell what is missing',
    file: 'src/testing/cases/coverage.ts',
    find: 'models === 0 ? [feature] : []',
    replace: 'models < 0 ? [feature] : []',
    killedBy: COMPOSING,
  },
];
