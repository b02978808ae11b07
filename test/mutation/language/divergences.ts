/** Faults in closed-form divergences, Laplace's law and the inclusion of supports. */
import type { Mutation } from '../mutation.js';

export const divergences: readonly Mutation[] = [
  {
    name: 'a Laplace divergence without the near part of q',
    file: 'dsl/distributions/real-line/laplace.ts',
    find: 'tf.mul(ratio, tf.expm1(tf.neg(tf.div(gap, q.scale))))',
    replace: 'tf.mul(ratio, 0)',
    killedBy: 'test/dsl/divergences/kl.test.ts',
  },
  {
    name: 'a Laplace draw with one sign',
    file: 'dsl/distributions/real-line/laplace.ts',
    find: 'choose(less(u, tf.scalar(0.5)), tf.neg(far), far)',
    replace: 'choose(less(u, tf.scalar(0)), tf.neg(far), far)',
    killedBy: 'test/dsl/distributions/distributions.test.ts',
  },
  {
    name: "a user's set that is not asked what it covers",
    file: 'dsl/supports/inclusion.ts',
    find: ' || outer.covers?.(inner) === true',
    replace: '',
    killedBy: 'test/dsl/supports/inclusion.test.ts',
  },
  {
    name: 'a KL without the log determinant of p',
    file: 'dsl/divergences/gaussian.ts',
    find: 'tf.sub(logP, triangularLogDet(q.scaleTril)),',
    replace: 'tf.neg(triangularLogDet(q.scaleTril)),',
    killedBy: 'test/dsl/divergences/kl.test.ts',
  },
  {
    name: 'a KL that overflows for tiny scales',
    file: 'dsl/divergences/gaussian.ts',
    find: 'return tf.sub(squares, tf.log(ratio));',
    replace: 'return tf.sub(squares, tf.mul(tf.log(tf.square(ratio)), 0.5));',
    killedBy: 'test/dsl/divergences/kl.test.ts',
  },
  {
    name: 'a KL of gammas with the rates exchanged',
    file: 'dsl/divergences/gamma.ts',
    find: 'tf.div(p.rate, q.rate)',
    replace: 'tf.div(q.rate, p.rate)',
    killedBy: 'test/dsl/divergences/kl.test.ts',
  },
  {
    name: 'a KL of Dirichlets as if shares were independent',
    file: 'dsl/divergences/gamma.ts',
    find: 'return tf.sub(tf.sum(parts, -1), tf.squeeze(remainder(whole(q), whole(p)), [-1]));',
    replace: 'return tf.sum(parts, -1);',
    killedBy: 'test/dsl/divergences/kl.test.ts',
  },
  {
    name: 'a KL of half-Cauchys that is four times as curved',
    file: 'dsl/divergences/half-cauchy.ts',
    find: 'tf.mul(tf.div(gap, q), tf.div(gap, p)), 4)',
    replace: 'tf.mul(tf.div(gap, q), tf.div(gap, p)), 1)',
    killedBy: 'test/dsl/divergences/kl.test.ts',
  },
  {
    name: 'a divergence that a law knows from another, taken for that to it',
    file: 'dsl/divergences/kl.ts',
    find: '(q.klTo?.(p) ?? p.klFrom?.(q))',
    replace: '(q.klTo?.(p) ?? p.klTo?.(q))',
    killedBy: 'test/dsl/divergences/every-pair.test.ts',
  },
  {
    name: 'a divergence to a normal law by the mean alone',
    file: 'dsl/divergences/moments.ts',
    find: 'tf.div(variance, tf.square(scale)),',
    replace: 'tf.zerosLike(variance),',
    killedBy: 'test/dsl/divergences/quadrature.test.ts',
  },
  {
    name: 'a divergence that is no number where a moment is none',
    file: 'dsl/divergences/moments.ts',
    find: 'choose(less(term, tf.scalar(Infinity)), term, tf.scalar(Infinity));',
    replace: 'term;',
    killedBy: 'test/dsl/divergences/quadrature.test.ts',
  },
  {
    name: 'a divergence to a law that ends before',
    file: 'dsl/divergences/moments.ts',
    find: ' &&\n  isWithin(q.support, outer);',
    replace: ';',
    killedBy: 'test/dsl/divergences/quadrature.test.ts',
  },
];
