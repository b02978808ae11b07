/** Faults of what runs a compiled graph, which no law of mathematics would show by itself. */
import type { Mutation } from './mutation.js';

export const executors: readonly Mutation[] = [
  {
    name: 'two vectors of counters that overlap',
    file: 'src/random/threefry-simd.ts',
    find: 'i32x4.add(counter, spread(4))',
    replace: 'i32x4.add(counter, spread(3))',
    killedBy: 'test/random.test.ts',
  },
  {
    name: 'chunks of a stream that begin a block late',
    file: 'src/random/threefry-simd.ts',
    find: 'void f(k0, k1, at / 2, stream, 4 * some);',
    replace: 'void f(k0, k1, at / 2 + (at > 0 ? 1 : 0), stream, 4 * some);',
    killedBy: 'test/random.test.ts',
  },
  {
    name: 'one loop for groups that clip differently',
    file: 'src/compile/webassembly/groups.ts',
    find: 'const told = [...operands(node).map(wordOf), clipValueMin, clipValueMax].join();',
    replace: 'const told = [...operands(node).map(wordOf), clipValueMin === clipValueMax].join();',
    killedBy: 'test/executors.test.ts',
  },
  {
    name: 'a sum without the elements past the last whole vector',
    file: 'src/compile/webassembly/emit.ts',
    find: 'over(at, whole, group.size * NUMBER, NUMBER, () => {',
    replace: 'over(at, whole, whole, NUMBER, () => {',
    killedBy: 'test/executors.test.ts',
  },
  {
    name: 'what is written where another group reads, in a loop of its own',
    file: 'src/compile/webassembly/groups.ts',
    find: 'if (old !== undefined && isVector(id) && isVector(old)) join(id, old);',
    replace: 'if (old !== undefined && isVector(id) && isVector(old)) join(id, id);',
    killedBy: 'test/executors.test.ts',
  },
  {
    name: 'a step that is taken although its loss is not finite',
    file: 'src/compile/javascript/executable.ts',
    find: '`if (!(guard - guard === 0)) {',
    replace: '`if (guard === "never") {',
    killedBy: 'test/executors.test.ts',
  },
  {
    name: 'steps after one that was not taken',
    file: 'src/inference/compiled-stepper.ts',
    find: 'if (!moved) break;',
    replace: 'if (!moved && count === 0) break;',
    killedBy: 'test/compiled-runs.test.ts',
  },
  {
    name: 'a softplus that is zero where it is small',
    file: 'src/compile/rewrite.ts',
    find: '(summed || !view.graph.outputs.some((p) => p.id === id)) &&',
    replace: '(summed || view.graph.outputs.length > 0) &&',
    killedBy: 'test/executors.test.ts',
  },
  {
    name: 'a logarithm taken out of a difference with the wrong sign',
    file: 'src/compile/sum-of-logs.ts',
    find: "sign: node.kernel === 'Add' ? sign : negative(sign),",
    replace: "sign: node.kernel === 'Add' ? negative(sign) : sign,",
    killedBy: 'test/executors.test.ts',
  },
  {
    name: 'a hash of a site read backwards',
    file: 'src/random/drawer.ts',
    find: 'hash[1], hash[0], words, 0);',
    replace: 'hash[0], hash[1], words, 0);',
    killedBy: 'test/executors.test.ts',
  },
  {
    name: 'the slowest candidate',
    file: 'src/compile/fastest.ts',
    find: 'a.ms - b.ms',
    replace: 'b.ms - a.ms',
    killedBy: 'test/executors.test.ts',
  },
  {
    name: "calls that overwrite each other's inputs",
    file: 'src/compile/in-turn.ts',
    find: 'const next = last.then(() => f(...args));',
    replace: 'const next = f(...args);',
    killedBy: 'test/executors.test.ts',
  },
  {
    name: 'an operand that broadcasts read past its end',
    file: 'src/compile/javascript/indexing.ts',
    find: 'shape.map((n, axis) => (n === 1 ? 0 : (index[index.length - shape.length + axis] ?? 0)));',
    replace:
      'shape.map((n, axis) => (n === 0 ? 0 : (index[index.length - shape.length + axis] ?? 0)));',
    killedBy: 'test/compile.test.ts',
  },
  {
    name: 'many steps on one minibatch',
    file: 'src/inference/training.ts',
    find: 'const sameBatch = data.fixed === true && perEpoch === 1;',
    replace: 'const sameBatch = data.fixed === true && perEpoch > 0;',
    killedBy: 'test/training.test.ts',
  },
];
