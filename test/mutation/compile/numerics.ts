/** Faults in long sums, in elementary functions at their ends, and in what is asked of memory. */
import type { Mutation } from '../mutation.js';

export const numerics: readonly Mutation[] = [
  {
    name: 'sums of rows in float32',
    file: 'src/backend/kernels/reduction.ts',
    find: 'const totals = new Float64Array(inner);',
    replace: 'const totals = new Float32Array(inner);',
    killedBy: 'test/backend/long-sums.test.ts',
    quick: true,
  },
  {
    name: 'long products in float32',
    file: 'src/backend/kernels/product.ts',
    find: 'const totals = new Float64Array(rows * n);',
    replace: 'const totals = new Float32Array(rows * n);',
    killedBy: 'test/backend/long-sums.test.ts',
    quick: true,
  },
  {
    name: 'blocks of a long sum that are added in float32',
    file: 'src/compile/onnx/long-sums.ts',
    find: ": cast(b, reduceSum(b, cast(b, x, 'float64'), axis), 'float32');",
    replace: ': reduceSum(b, x, axis);',
    killedBy: 'test/compile/long-sums.test.ts',
    quick: true,
  },
  {
    name: 'log(1 + x) for log1p',
    file: 'src/backend/wasm-kernels.ts',
    find: '    Log1p: always(elementwise.log1p),\n',
    replace: '',
    killedBy: 'test/backend/elementary.test.ts',
    quick: true,
  },
  {
    name: 'a sigmoid that is 0 from −18 on',
    file: 'src/kernels/activations/sigmoid.ts',
    find: "attributes['tail'] === false",
    replace: 'attributes !== undefined',
    killedBy: 'test/compile/elementary.test.ts',
    quick: true,
  },
  {
    name: 'the others of a weight that is nearly all by subtraction',
    file: 'src/bounds/weights/leave-one-out.ts',
    find: 'choose(largest, rest, tf.sub(sumOf(byFirst), byFirst))',
    replace: 'tf.sub(sumOf(byFirst), byFirst)',
    killedBy: 'test/bounds/weights/leave-one-out.test.ts',
    quick: true,
  },
  {
    name: 'a weighted mean of equal numbers that is another',
    file: 'src/bounds/weights/normalised-weights.ts',
    find: 'tf.where(tf.isFinite(m), m, tf.zerosLike(m))',
    replace: 'tf.zerosLike(m)',
    killedBy: 'test/bounds/weights/leave-one-out.test.ts',
    quick: true,
  },
  {
    name: 'a tensor that does not fit and is tried',
    file: 'src/backend/wasm-memory.ts',
    find: 'const fits = place !== 0 && place + bytes <= END - RESERVE;',
    replace: 'const fits = true;',
    killedBy: 'test/backend/memory.test.ts',
    quick: true,
  },
];
