/** Faults in laws of series, and in the running combinations that they are made of. */
import type { Mutation } from '../mutation.js';

const scans = 'test/dsl/tensors/associative-scan.test.ts';
const chains = 'test/dsl/sequences/hidden-markov.test.ts';
const spaces = 'test/dsl/sequences/linear-gaussian.test.ts';
const laws = 'test/dsl/sequences/series-laws.test.ts';

export const seriesLaws: readonly Mutation[] = [
  {
    name: 'running combinations that meet an element twice',
    file: 'dsl/tensors/associative-scan.ts',
    find: '{ from: 1, count, which: 1 }',
    replace: '{ from: 0, count, which: 1 }',
    killedBy: scans,
    quick: true,
  },
  {
    name: 'a combination that leaves out the last element of an odd number',
    file: 'dsl/tensors/associative-scan.ts',
    find: 'const rest = n % 2 === 0 ?',
    replace: 'const rest = n % 2 < 2 ?',
    killedBy: scans,
  },
  {
    name: 'running combinations from the last on that are not turned back',
    file: 'dsl/tensors/associative-scan.ts',
    find: 'return turned(scanned(both, turned(xs), at));',
    replace: 'return scanned(both, turned(xs), at);',
    killedBy: scans,
  },
  {
    name: 'a product of chances that loses the size of one factor',
    file: 'dsl/sequences/log-matrix.ts',
    find: 'logMatrix(logSumExpLast(sums(a, b)), tf.add(a.size, b.size));',
    replace: 'logMatrix(logSumExpLast(sums(a, b)), a.size);',
    killedBy: chains,
  },
  {
    name: 'the states after a step by products in the wrong order',
    file: 'dsl/sequences/hidden-markov.ts',
    find: 'logProduct(earlier, later)',
    replace: 'logProduct(later, earlier)',
    killedBy: chains,
  },
  {
    name: 'a likeliest path by sums over paths',
    file: 'dsl/sequences/log-matrix.ts',
    find: 'logMatrix(tf.max(sums(a, b), -1), tf.add(a.size, b.size));',
    replace: 'logMatrix(logSumExpLast(sums(a, b)), tf.add(a.size, b.size));',
    killedBy: chains,
  },
  {
    name: 'a path whose maps are read the wrong way',
    file: 'dsl/sequences/state-path.ts',
    find: 'return tf.sum(tf.mul(chosen, tf.expandDims(g, -2)), -1);',
    replace: 'return tf.sum(tf.mul(chosen, tf.expandDims(f, -2)), -1);',
    killedBy: chains,
  },
  {
    name: 'a batch of observations that takes the steps for its own',
    file: 'dsl/sequences/observed.ts',
    find: 'const isMoved = !observationVaries && batchShape.length > 1;',
    replace: 'const isMoved = !observationVaries && batchShape.length > 9;',
    killedBy: chains,
  },
  {
    name: 'a draw whose first state is the likeliest',
    file: 'dsl/sequences/hidden-markov.ts',
    find: 'const first = tf.add(start, elementAlong(g, -2, 0));',
    replace: 'const first = tf.add(start, tf.mul(elementAlong(g, -2, 0), 0));',
    killedBy: laws,
  },
  {
    name: 'parts of a series that are not judged',
    file: 'dsl/law/validity.ts',
    find: '...law.structure.parts.flatMap(',
    replace: '...law.structure.parts.slice(3).flatMap(',
    killedBy: chains,
  },
  {
    name: 'steps of a state space that are joined without what the first is sure of',
    file: 'dsl/sequences/gaussian-elements.ts',
    find: 'const seen = tf.add(a.mean, matMul(a.covariance, b.pull));',
    replace: 'const seen = a.mean;',
    killedBy: spaces,
    quick: true,
  },
  {
    name: 'what later steps say of a state, without what it moves by',
    file: 'dsl/sequences/gaussian-elements.ts',
    find: 'matMul(matMul(behind, b.precision), a.move), a.precision',
    replace: 'matMul(matMul(behind, b.precision), a.move), b.precision',
    killedBy: spaces,
  },
  {
    name: 'missing numbers that count as observed ones',
    file: 'dsl/sequences/kalman.ts',
    find: 'seen: choose(rows, seen, tf.scalar(0)),',
    replace: 'seen,',
    killedBy: spaces,
  },
  {
    name: 'a constant for numbers that were not observed',
    file: 'dsl/sequences/kalman.ts',
    find: 'const count = kept',
    replace: 'const count = kept && steps < 0',
    killedBy: spaces,
  },
  {
    name: 'states that are predicted without noise',
    file: 'dsl/sequences/kalman.ts',
    find: 'covariance: tf.add(through(move, initAlong(covariance, -3)), moveNoise.covariance),',
    replace: 'covariance: through(move, initAlong(covariance, -3)),',
    killedBy: spaces,
  },
  {
    name: 'draws of a state space with noise of unit size',
    file: 'dsl/sequences/linear-gaussian.ts',
    find: 'matMul(viewNoise.factor, last.columns)',
    replace: 'last.columns',
    killedBy: laws,
  },
];
