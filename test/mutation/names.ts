/** Faults in what names may be, and in what is said of names that are not there. */
import type { Mutation } from './mutation.js';

export const names: readonly Mutation[] = [
  {
    name: 'an entry of a dictionary that is its prototype’s',
    file: 'dsl/dictionary.ts',
    find: 'Object.hasOwn(dictionary, name) ? dictionary[name] : undefined',
    replace: 'dictionary[name]',
    killedBy: 'test/interpreters/names.test.ts',
    quick: true,
  },
  {
    name: 'dictionaries joined by assignment',
    file: 'dsl/dictionary.ts',
    find: 'Object.fromEntries(dictionaries.flatMap(Object.entries<A>))',
    replace: 'Object.assign({}, ...dictionaries)',
    killedBy: 'test/inference/names.test.ts',
  },
  {
    name: 'a site that shares the noise of a parameter',
    file: 'src/noise-source.ts',
    find: "kind === 'site' && kindOf(name) === undefined ?",
    replace: "kind === 'site' ?",
    killedBy: 'test/interpreters/names.test.ts',
    quick: true,
  },
  {
    name: 'names that ONNX Runtime loses',
    file: 'src/compile/onnx/session.ts',
    find: 'const outputAt = (position: number): string => `output${position}`;',
    replace:
      "const outputAt = (position: number): string => position === 0 ? '__proto__' : `output${position}`;",
    killedBy: 'test/compile/names.test.ts',
  },
  {
    name: 'losses of a phase after those of a prototype',
    file: 'src/inference/stepper.ts',
    find: 'entryOf(losses, name) ?? []',
    replace: 'losses[name] ?? []',
    killedBy: 'test/inference/names.test.ts',
  },
  {
    name: 'an estimator from a prototype',
    file: 'src/bounds/choose-estimators.ts',
    find: 'entryOf(estimators, q.name)',
    replace: 'estimators[q.name]',
    killedBy: 'test/inference/names.test.ts',
  },
  {
    name: 'posterior draws from a prototype',
    file: 'src/evidence/draw-weights.ts',
    find: 'entryOf(posterior, i.name)',
    replace: 'posterior[i.name]',
    killedBy: 'test/diagnostics/names.test.ts',
  },
  {
    name: 'a renaming that forgets plates',
    file: 'src/testing/hostile-names.ts',
    find: 'original: (name) => from.get(name) ?? name',
    replace: 'original: (name) => name',
    killedBy: 'test/public-laws.test.ts',
  },
];
