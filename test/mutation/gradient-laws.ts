/** Faults of the laws of gradients and of coordinates. */
import type { Mutation } from './mutation.js';

const TEST = 'test/testing/bounds/gradient-of-bound-law.test.ts';

export const gradientLaws: readonly Mutation[] = [
  {
    name: 'a gradient that is no number and counts as a kink',
    file: 'src/testing/bounds/gradient-verdicts.ts',
    find: 'Number.isFinite(here) && !Number.isFinite(received)',
    replace: 'Number.isFinite(received) && !Number.isFinite(received)',
    killedBy: TEST,
    only: 'is found at a kink',
  },
  {
    name: 'a number that is compared with none by the cure of another law',
    file: 'src/testing/law/law.ts',
    find: 'if (Number.isNaN(expected)) {',
    replace: 'if (what.length < 0) {',
    killedBy: TEST,
    only: 'is what other laws say of it',
  },
  {
    name: 'means of rare values that are tested by draws',
    file: 'src/testing/bounds/exact-expectation.ts',
    find: 'const RARE = 0.05;',
    replace: 'const RARE = 0;',
    killedBy: 'test/testing/bounds/estimators-agree-law.test.ts',
  },
  {
    name: 'expectations of estimators that are compared at one quadrature each alone',
    file: 'src/testing/bounds/estimators-agree-law.ts',
    find: 'if (wrong !== undefined) {',
    replace: 'if (wrong !== undefined && wrong.apart > 0) {',
    killedBy: 'test/testing/bounds/estimators-agree-law.test.ts',
  },
  {
    name: 'jumps that are followed along paths',
    file: 'src/testing/bounds/gradient-of-bound-law.ts',
    find: 'return byDraws(trial, bound, directions, weighed);',
    replace: 'return byDraws(trial, bound, directions);',
    killedBy: TEST,
  },
  {
    name: 'noise of float32 that no lattice shows',
    file: 'src/testing/law/finite-differences.ts',
    find: '[step / 8, step / 64]',
    replace: '[step / 4096]',
    killedBy: 'test/testing/law/finite-differences.test.ts',
  },
  {
    name: 'a point mass that one side alone multiplies',
    file: 'src/testing/programs/coordinates-law.ts',
    find: 'sides.some(isPoint)',
    replace: 'sides.every(isPoint)',
    killedBy: 'test/testing/programs/coordinates-law.test.ts',
  },
  {
    name: 'coordinates by the support of the model alone',
    file: 'src/testing/programs/coordinates-law.ts',
    find: 'const sides = [p, guide.get(p.name) ?? p];',
    replace: 'const sides = [p, p, ...[guide.get(p.name)].slice(1)];',
    killedBy: 'test/testing/programs/coordinates-law.test.ts',
  },
  {
    name: 'a kink whose two sides are not compared',
    file: 'src/testing/law/finite-differences.ts',
    find: 'Math.abs(value - fine) + Math.abs(plus - minus) + rounding',
    replace: 'Math.abs(value - fine) + 0 * Math.abs(plus - minus) + rounding',
    killedBy: TEST,
  },
  {
    name: 'directions of the first parameter alone',
    file: 'src/testing/bounds/gradient-directions.ts',
    find: 'const from = entryOf(params, parameter);',
    replace: 'const from = entryOf(params, Object.keys(params)[0] ?? parameter);',
    killedBy: TEST,
  },
  {
    name: 'joint draws that count alike',
    file: 'src/testing/bounds/exact-expectation.ts',
    find: 'const { value, logChance } = bound.value(params, noise);\n      const chance = weight * Math.exp(logChance);',
    replace:
      'const { value, logChance } = bound.value(params, noise);\n      const chance = weight * Math.exp(0 * logChance);',
    killedBy: TEST,
  },
  {
    name: 'a gradient of the mean that forgets how chances move',
    file: 'src/testing/bounds/gradient-verdicts.ts',
    find: 'Math.exp(there.logChance - logChance)',
    replace: 'Math.exp(0 * (there.logChance - logChance))',
    killedBy: TEST,
  },
  {
    name: 'an objective that is taken for draw by draw',
    file: 'src/testing/bounds/gradient-of-bound-law.ts',
    find: "bound.given.size === 0 && drawByDraw(trial, bound, directions).tag === 'kept'",
    replace: "bound.given.size === 0 || drawByDraw(trial, bound, directions).tag === 'kept'",
    killedBy: TEST,
  },
  {
    name: 'draws that host code reads and differences follow',
    file: 'src/testing/bounds/drawn-bound.ts',
    find: '|| latent?.cut === true',
    replace: '|| latent === undefined',
    killedBy: TEST,
  },
  {
    name: 'doubles in arrays of float32',
    file: 'src/compile/javascript/loops.ts',
    find: "doubles ? 'Float64Array' : ARRAYS[dtype]",
    replace: 'doubles ? ARRAYS[dtype] : ARRAYS[dtype]',
    killedBy: 'test/compile/javascript/double-program.test.ts',
  },
];
