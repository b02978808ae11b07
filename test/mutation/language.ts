/** Faults in the language. */
import type { Mutation } from './mutation.js';

export const language: readonly Mutation[] = [
  {
    name: 'no Jacobian at a given value',
    file: 'dsl/combinators/transformed.ts',
    find: 'return tf.sub(base.logProb(x), volume(x));',
    replace: 'return base.logProb(x);',
    killedBy: 'test/known-answers.test.ts',
  },
  {
    name: 'no Jacobian at an own draw',
    file: 'dsl/combinators/transformed.ts',
    find: 'return tf.sub(logProbOfDraw(base, noise, x), volume(x));',
    replace: 'return logProbOfDraw(base, noise, x);',
    killedBy: 'test/known-answers.test.ts',
  },
  {
    name: 'an intervention that keeps its probability',
    file: 'dsl/program/condition.ts',
    find: "    op: 'deterministic',\n    name: i.name,\n    value: valueAt(data, i.name),\n    plates: i.plates,\n",
    replace: '    ...i,\n    observed: valueAt(data, i.name),\n',
    killedBy: 'test/program.test.ts',
  },
  {
    name: 'a blocked site that is recorded',
    file: 'dsl/program/condition.ts',
    find: '? { ...i, hidden: true } : i',
    replace: '? { ...i, hidden: false } : i',
    killedBy: 'test/program.test.ts',
  },
  {
    name: 'an applicative that runs right before left',
    file: 'dsl/program/monad.ts',
    find: '    pipe(\n      pf,\n      flatMap((f) => pipe(pa, map(f))),\n    ),\n',
    replace: '    pipe(\n      pa,\n      flatMap((a) => pipe(pf, map((f) => f(a)))),\n    ),\n',
    killedBy: 'test/program.test.ts',
  },
  {
    name: 'a chain that runs its first program twice',
    file: 'dsl/program/monad.ts',
    find: 'return yield* f(yield* p);',
    replace: 'yield* p; return yield* f(yield* p);',
    killedBy: 'test/program.test.ts',
  },
  {
    name: 'a mask that keeps everything',
    file: 'dsl/combinators/mask.ts',
    find: 'choose(kept, logProb, tf.scalar(0));',
    replace: 'tf.add(logProb, tf.mul(kept, 0));',
    killedBy: 'test/program.test.ts',
  },
  {
    name: 'a point mass with an entropy',
    file: 'dsl/distributions/delta.ts',
    find: "tf.zeros([...broadcastAll('delta',",
    replace: "tf.ones([...broadcastAll('delta',",
    killedBy: 'test/bounds.test.ts',
  },
  {
    name: 'log det of a full normal with the wrong sign at an own draw',
    file: 'dsl/distributions/multivariate-normal.ts',
    find: 'logProbOfDraw: ([e = tf.zeros([k])]) => density(e),',
    replace: 'logProbOfDraw: ([e = tf.zeros([k])]) => tf.add(density(e), tf.mul(logDet, 2)),',
    killedBy: 'test/bounds.test.ts',
  },
];
