/** Faults in what single kernels become in a compiled graph. */
import type { Mutation } from './mutation.js';

export const kernels: readonly Mutation[] = [
  {
    name: 'windows whose padding has changed sides',
    file: 'src/compile/onnx/kernels/placing.ts',
    find: '...axes.map(({ before }) => Math.max(0, before)),',
    replace: '...axes.map(({ after }) => Math.max(0, after)),',
    killedBy: 'test/compile-windows.test.ts',
  },
  {
    name: 'a filter whose gradient begins beside its windows',
    file: 'src/compile/onnx/kernels/placing.ts',
    find: 'axes.map(({ before }) => before),\n    axes.map(({ after }) => after),',
    replace: 'axes.map(({ after }) => after),\n    axes.map(({ before }) => before),',
    killedBy: 'test/compile-windows.test.ts',
  },
  {
    name: 'windows that are as many as TensorFlow.js remembers on the way back',
    file: 'src/compile/windows.ts',
    find: 'dy.shape[first + i] ?? w.out',
    replace: 'w.out',
    killedBy: 'test/compile-windows.test.ts',
  },
  {
    name: "a mean's gradient that counts padding",
    file: 'src/compile/onnx/kernels/pooling.ts',
    find: '.map((n) => 1 / n);',
    replace: '.map((_, __, all) => 1 / Math.max(...all));',
    killedBy: 'test/compile-windows.test.ts',
  },
  {
    name: 'images whose centres are forgotten on the way back',
    file: 'src/compile/onnx/kernels/resizing.ts',
    find: 'const [rows, columns] = sampled(site, sampling, size);',
    replace: 'const [rows, columns] = sampled({ ...site, attributes: {} }, sampling, size);',
    killedBy: 'test/compile-windows.test.ts',
  },
  {
    name: 'a compiled remainder with the sign of what is divided',
    file: 'src/compile/onnx/kernels/arithmetic.ts',
    find: "rest(build.op('Add', [remainder, b]))",
    replace: 'remainder',
    killedBy: 'test/compile-networks.test.ts',
  },
  {
    name: 'an angle without its side',
    file: 'src/compile/onnx/kernels/arithmetic.ts',
    find: "b.op('Where', [isBelow(b, x), b.op('Add', [right, half]), right])",
    replace: 'right',
    killedBy: 'test/compile-networks.test.ts',
  },
  {
    name: 'a compiled whole number that does not wrap around',
    file: 'src/compile/onnx/kernels/cast.ts',
    find: "b.op('Sub', [turned, number(TURN)]),",
    replace: 'turned,',
    killedBy: 'test/compile-networks.test.ts',
  },
  {
    name: 'a list of one that is no list',
    file: 'src/compile/tracer.ts',
    find: "new Set(['SplitV', 'Unpack'])",
    replace: 'new Set<string>()',
    killedBy: 'test/compile-networks.test.ts',
  },
  {
    name: 'a shape that is read off values before there are any',
    file: 'src/compile/tracer.ts',
    find: "  'Unique',\n",
    replace: '',
    killedBy: 'test/compile.test.ts',
  },
  {
    name: 'a constant that is in the file as often as it is used',
    file: 'src/compile/onnx/write.ts',
    find: 'names.set(id, name);',
    replace: '',
    killedBy: 'test/compile.test.ts',
  },
];
