/** Faults in the derivatives of kernels, in how they are batched, and in how executors write them. */
import type { Mutation } from './mutation.js';

export const kernelRules: readonly Mutation[] = [
  {
    name: 'a tangent whose derivative falls',
    file: 'src/kernels/trigonometry/tan.ts',
    find: 'tf.add(tf.square(y), 1)',
    replace: 'tf.sub(1, tf.square(y))',
    killedBy: 'test/kernels/trigonometry.test.ts',
    quick: true,
  },
  {
    name: 'a value that is owed by its last use alone',
    file: 'src/transform/differentiate.ts',
    find: 'owed.set(id, before === undefined ? adjoint : tf.add(before, adjoint));',
    replace: 'owed.set(id, adjoint);',
    killedBy: 'test/kernels/activations.test.ts',
    only: 'second derivative',
  },
  {
    name: 'a power of 0 that is no number on the way back',
    file: 'src/kernels/powers/pow.ts',
    find: 'tf.add(tf.sub(b, 1), indicator(b))',
    replace: 'tf.sub(b, 1)',
    killedBy: 'test/kernels/powers.test.ts',
  },
  {
    name: 'draws that meet the axes of what they share',
    file: 'src/transform/map-draws.ts',
    find: 'if (!isBatched(input) || x.rank === rank + 1) return x;',
    replace: 'if (x.rank > 0) return x;',
    killedBy: 'test/kernels/arithmetic.test.ts',
    quick: true,
  },
  {
    name: 'vectors that are larger where they should be smaller',
    file: 'src/kernels/arithmetic/minimum.ts',
    find: "vectors.binary('min')",
    replace: "vectors.binary('max')",
    killedBy: 'test/kernels/arithmetic.test.ts',
  },
  {
    name: 'truth that is the lowest byte of a number',
    file: 'src/backend/wasm-kernels.ts',
    find: '    Cast: cast,\n',
    replace: '',
    killedBy: 'test/kernels/rounding.test.ts',
  },
  {
    name: 'a branch that was not taken, on the way back',
    file: 'src/kernels/comparison/select.ts',
    find: "t: ({ dy, at }) => tf.where(at('condition'), dy, tf.zerosLike(dy))",
    replace: "t: ({ dy, at }) => tf.mul(dy, tf.cast(at('condition'), 'float32'))",
    killedBy: 'test/kernels/comparison.test.ts',
  },
  {
    name: 'a step that hides what is no number',
    file: 'src/kernels/activations/step.ts',
    find: '${x} !== ${x} ? ${x} : ',
    replace: '',
    killedBy: 'test/kernels/ends.test.ts',
  },
];
