/** Faults in laws of counts, and in the double-precision functions that their draws and shares need. */
import type { Mutation } from '../mutation.js';

const counts = 'test/dsl/distributions/counts.test.ts';
const classes = 'test/dsl/distributions/many-classes.test.ts';
const functions = 'test/dsl/numerics/incomplete-gamma.test.ts';

export const countLaws: readonly Mutation[] = [
  {
    name: 'shares of large concentrations by the normal tail alone',
    file: 'dsl/numerics/double/gamma.ts',
    find: 'fromBelow(tail - rest) : fromAbove(tail + rest)',
    replace: 'fromBelow(tail) : fromAbove(tail)',
    killedBy: functions,
  },
  {
    name: 'a share of a beta law from its other end',
    file: 'dsl/numerics/double/beta.ts',
    find: 'const above = belowMean(b, a, rest, x);',
    replace: 'const above = belowMean(a, b, rest, x);',
    killedBy: functions,
  },
  {
    name: 'a slope in the concentration by a sum of shares',
    file: 'dsl/numerics/incomplete-gamma.ts',
    find: 'const near = share(a + h) - share(a - h);',
    replace: 'const near = share(a + h) - share(a);',
    killedBy: functions,
  },
  {
    name: 'a second slope that is taken for 0',
    file: 'dsl/numerics/incomplete-gamma.ts',
    find: 'a: () => tf.mul(dy, Number.NaN),',
    replace: 'a: () => tf.zerosLike(a),',
    killedBy: functions,
  },
  {
    name: 'an upper tail of counts that is compared from below',
    file: 'dsl/numerics/double/count-quantile.ts',
    find: 'at(k).above <= tail',
    replace: 'at(k).below >= tail',
    killedBy: counts,
  },
  {
    name: 'a search for counts that stops one short',
    file: 'dsl/numerics/double/count-quantile.ts',
    find: 'while (high - low > 1) {',
    replace: 'while (high - low > 2) {',
    killedBy: counts,
  },
  {
    name: 'host code that meets what all draws share',
    file: 'src/kernels/special/each-on-host.ts',
    find: '[input, spread(input)]',
    replace: '[input, at(input)]',
    killedBy: 'test/kernels/special.test.ts',
  },
  {
    name: 'counts below 0 that have a chance',
    file: 'dsl/distributions/counts/log-mass.ts',
    find: 'choose(outside, tf.scalar(-Infinity), logMass)',
    replace: 'logMass',
    killedBy: counts,
  },
  {
    name: 'a Poisson law by the share of one more',
    file: 'dsl/distributions/counts/poisson.ts',
    find: 'tf.add(tf.floor(sound), 1)',
    replace: 'tf.add(tf.floor(sound), 2)',
    killedBy: counts,
  },
  {
    name: 'a geometric law that waits for one more',
    file: 'dsl/distributions/counts/geometric.ts',
    find: 'tf.floor(tf.div(tf.exp(tf.neg(noise)), tf.neg(log))),',
    replace: 'tf.ceil(tf.div(tf.exp(tf.neg(noise)), tf.neg(log))),',
    killedBy: counts,
  },
  {
    name: 'successes that no chance has',
    file: 'dsl/distributions/counts/binomial.ts',
    find: 'onCounts(tf.add(outside, impossible), mass)',
    replace: 'onCounts(outside, mass)',
    killedBy: counts,
  },
  {
    name: 'binomial laws of other counts that are near',
    file: 'dsl/distributions/counts/binomial.ts',
    find: ' && p.support.high === most\n',
    replace: '\n',
    killedBy: counts,
  },
  {
    name: 'a negative binomial law with the spread of a Poisson law',
    file: 'dsl/distributions/counts/negative-binomial.ts',
    find: 'tf.add(mean, tf.div(tf.square(mean), concentration))',
    replace: 'mean',
    killedBy: 'test/dsl/distributions/distributions.test.ts',
  },
  {
    name: 'a small dispersion that a large count rounds away',
    file: 'dsl/distributions/counts/log-mass.ts',
    find: 'logBinomial({ k, rest: r, n },',
    replace: 'logBinomial({ k, rest: tf.sub(n, k), n },',
    killedBy: counts,
  },
  {
    name: 'a beta-binomial law of independent trials',
    file: 'dsl/distributions/counts/beta-binomial.ts',
    find: 'tf.div(tf.add(both, n), tf.add(both, 1))',
    replace: 'tf.scalar(1)',
    killedBy: 'test/dsl/distributions/distributions.test.ts',
  },
  {
    name: 'a class that takes of all things, not of what is left',
    file: 'dsl/numerics/double/count-quantile.ts',
    find: 'const taken = binomialQuantile(e[at + k] ?? Number.NaN, left, odds);',
    replace: 'const taken = binomialQuantile(e[at + k] ?? Number.NaN, total, odds);',
    killedBy: classes,
  },
  {
    name: 'counts of another sum that have a chance',
    file: 'dsl/distributions/counts/log-mass.ts',
    find: 'const outside = tf.maximum(below, unequal(tf.sum(k, -1), n));',
    replace: 'const outside = below;',
    killedBy: classes,
  },
  {
    name: 'ordered classes by the upper cutpoint twice',
    file: 'dsl/distributions/classes/ordered-logistic.ts',
    find: 'tf.add(along(below, 1, inner), along(above, 0, inner))',
    replace: 'tf.add(along(below, 1, inner), along(above, 1, inner))',
    killedBy: classes,
  },
  {
    name: 'whole numbers without the last',
    file: 'dsl/distributions/counts/discrete-uniform.ts',
    find: 'const count = tf.add(span, 1);',
    replace: 'const count = span;',
    killedBy: classes,
  },
];
