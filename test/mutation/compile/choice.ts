/** Faults of what chooses an executor, and of what it must not rest on. */
import type { Mutation } from '../mutation.js';

const choice = 'test/compile/choice/choice.test.ts';
const binding = 'test/compile/onnx/binding.test.ts';
const parts = 'test/compile/javascript/parts.test.ts';
const oneKey = 'test/inference/compiled/one-key.test.ts';
const missing = 'test/inference/compiled/runtime-missing.test.ts';
const subnormals = 'test/inference/compiled/subnormals.test.ts';

export const choices: readonly Mutation[] = [
  {
    name: 'choice: weights that are multiplied into a product cost nothing',
    file: 'src/compile/choice/tiny.ts',
    find: "(kernel === 'Multiply' && read.some((id) => tiny.has(id))) ||",
    replace: '',
    killedBy: choice,
    quick: true,
  },
  {
    name: 'the dearest way',
    file: 'src/compile/choice/ways.ts',
    find: 'rank(a) - rank(b)',
    replace: 'rank(b) - rank(a)',
    killedBy: choice,
    quick: true,
  },
  {
    name: 'a choice by the clock',
    file: 'src/compile/choice/choose.ts',
    find: "ns: way._tag === 'eager' ? eagerly(way) : costs(way)",
    replace: "ns: performance.now() + (way._tag === 'eager' ? eagerly(way) : costs(way))",
    killedBy: choice,
    quick: true,
  },
  {
    name: 'threads that win nothing',
    file: 'src/compile/choice/ways.ts',
    find: 'const CLEARLY = 1.2;',
    replace: 'const CLEARLY = 1;',
    killedBy: choice,
    quick: true,
  },
  {
    name: 'threads that win, left alone',
    file: 'src/compile/choice/cost.ts',
    find: 'threads === 1 ? ns : Math.min(',
    replace: 'threads >= 1 ? ns : Math.min(',
    killedBy: choice,
    quick: true,
  },
  {
    name: 'eager steps that are never weighed',
    file: 'src/compile/choice/ways.ts',
    find: "...(backend === undefined ? [] : [{ _tag: 'eager', backend } as const]),",
    replace: '',
    killedBy: choice,
    quick: true,
  },
  {
    name: 'a transposed product counted by the wrong axis',
    file: 'src/compile/choice/work.ts',
    find: "attributes['transposeA'] === true ? -2 : -1",
    replace: "attributes['transposeA'] === true ? -1 : -2",
    killedBy: choice,
    quick: true,
  },
  {
    name: 'a runtime that is believed to write its outputs',
    file: 'src/compile/onnx/binding.ts',
    find: 'return writes ? async () => void (await inPlace()) : copied;',
    replace: 'return async () => void (await inPlace());',
    killedBy: binding,
    quick: true,
  },
  {
    name: 'a look at outputs that hold the answer already',
    file: 'src/compile/onnx/binding.ts',
    find: '(expected[i] ?? target).map(otherThan)',
    replace: 'expected[i] ?? target',
    killedBy: binding,
    quick: true,
  },
  {
    name: 'a part of long code that does not hand on what it names',
    file: 'src/compile/javascript/parts.ts',
    find: 'k > i && u.has(n)',
    replace: 'k === i + 1 && u.has(n)',
    killedBy: parts,
    quick: true,
  },
  {
    name: 'long code in one piece',
    file: 'src/compile/javascript/parts.ts',
    find: 'written.body.length <= LINES',
    replace: 'written.body.length >= 0',
    killedBy: parts,
    quick: true,
  },
  {
    name: 'a state that stays behind when steps are compiled again',
    file: 'src/inference/compiled/compiled-stepper.ts',
    find: '      await withState(intoArrays);\n',
    replace: '',
    killedBy: oneKey,
    quick: true,
  },
  {
    name: 'noise of the first step for all steps of a call',
    file: 'src/inference/compiled/compiled-stepper.ts',
    find: '      draw(step);',
    replace: '      draw(step - k);',
    killedBy: oneKey,
    quick: true,
  },
  {
    name: 'a missing runtime that nobody hears of',
    file: 'src/compile/choice/missing.ts',
    find: 'if (missing !== undefined) onWarning',
    replace: 'if (missing === undefined) onWarning',
    killedBy: missing,
    quick: true,
  },
  {
    name: 'a missing runtime that is said for each form of batch',
    file: 'src/compile/choice/missing.ts',
    find: '      before.add(warning);\n',
    replace: '',
    killedBy: missing,
    quick: true,
  },
  {
    name: 'numbers below the normal ones kept in a state',
    file: 'src/compile/webassembly/flush.ts',
    find: 'const LEAST = 2 ** -126;',
    replace: 'const LEAST = 2 ** -130;',
    killedBy: subnormals,
    quick: true,
  },
  {
    name: 'looks for subnormals that are counted from where a run goes on',
    file: 'src/inference/compiled/compiled-stepper.ts',
    find: 'flush(step);',
    replace: 'flush(step - first.step);',
    killedBy: subnormals,
    quick: true,
  },
];
