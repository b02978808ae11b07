/** Faults in what is told apart: particles, values of summed sites, noise and losses. */
import type { Mutation } from '../mutation.js';

export const axes: readonly Mutation[] = [
  {
    name: 'one weight for each datum, although noise of the model lies outside their plate',
    file: 'src/bounds/weights/log-weights.ts',
    find: 'model.hidden.every(isOfEach(p)),',
    replace: 'model.hidden.every((h) => h.name.length > 0 || isOfEach(p)(h)),',
    killedBy: 'test/bounds/hidden-noise.test.ts',
  },
  {
    name: 'noise with rows of its own, taken for one that couples them',
    file: 'src/bounds/weights/log-weights.ts',
    find: '(value.shape[at] ?? 1) === p.count)',
    replace: '(value.shape[at] ?? 1) > p.count)',
    killedBy: 'test/bounds/hidden-noise.test.ts',
  },
  {
    name: 'a gradient is expected to pass a draw that carries none',
    file: 'src/bounds/dependence/provenance.ts',
    find: 'carries ? before.throughNoise : union([before.throughNoise, before.nearest])',
    replace: 'before.throughNoise',
    killedBy: 'test/bounds/hidden-noise.test.ts',
  },
  {
    name: 'a loss counts in a log joint',
    file: 'src/interpreters/score-record.ts',
    find: "r.kind === 'sample' || (r.kind === 'factor' && !r.loss)",
    replace: "r.kind === 'sample' || r.kind === 'factor'",
    killedBy: 'test/interpreters/no-density.test.ts',
  },
  {
    name: 'exact enumeration at one draw of noise',
    file: 'src/interpreters/enumerate.ts',
    find: '  checkNothingHidden(hidden);\n',
    replace: '',
    killedBy: 'test/interpreters/no-density.test.ts',
  },
  {
    name: 'a plate with a count holds a parameter of each element',
    file: 'dsl/program/plate.ts',
    find: "if (i.op === 'param' && !i.shared && frame.indices === undefined && frame.count < frame.size) {",
    replace:
      "if (i.op === 'param' && !i.shared && frame.indices === undefined && frame.count > frame.size) {",
    killedBy: 'test/data/side-by-side.test.ts',
  },
  {
    name: 'side by side: rows that depend on no key',
    file: 'src/data/side-by-side.ts',
    find: 'permutation(fold(key), part.size)',
    replace: 'permutation(fold([0, 0]), part.size)',
    killedBy: 'test/data/side-by-side.test.ts',
  },
];
