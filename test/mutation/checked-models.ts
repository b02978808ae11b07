/** Faults in the runner of laws, in `checkModel`, and in the laws of programs that it runs. */
import type { Mutation } from './mutation.js';

const RUNNER = 'test/testing/law/run-laws.test.ts';
const MISTAKES = 'test/testing/models/wrong-models.test.ts';
const MODELS = 'test/testing/check-model.test.ts';

export const checkedModels: readonly Mutation[] = [
  {
    name: 'a broken law that counts as one that does not apply',
    file: 'src/testing/law/run-laws.ts',
    find: '(error instanceof LawNotApplicable ? skipped : broken)',
    replace: '(error instanceof Error ? skipped : broken)',
    killedBy: RUNNER,
  },
  {
    name: 'laws in the order in which they stand',
    file: 'src/testing/law/run-laws.ts',
    find: 'asked.toSorted((a, b) => rankOf(a) - rankOf(b))',
    replace: 'asked.toSorted((a, b) => rankOf(a) - rankOf(a) + rankOf(b) - rankOf(b))',
    killedBy: RUNNER,
  },
  {
    name: 'a budget that is not kept',
    file: 'src/testing/law/run-laws.ts',
    find: '(start - began) / 1000 >= budget',
    replace: '(start - began) / 1000 >= Infinity',
    killedBy: RUNNER,
  },
  {
    name: 'the false alarms of a call for each of its laws',
    file: 'src/testing/law/run-laws.ts',
    find: 'falseAlarm / Math.max(1, sharing.length)',
    replace: 'falseAlarm / Math.min(1, sharing.length)',
    killedBy: RUNNER,
  },
  {
    name: 'a call that checked nothing and passes',
    file: 'src/testing/law/run-laws.ts',
    find: 'if (passed.length > 0) return report;',
    replace: 'if (passed.length >= 0) return report;',
    killedBy: RUNNER,
  },
  {
    name: 'false alarms out of range',
    file: 'src/testing/law/inference.ts',
    find: '  checkLawOptions(options);\n',
    replace: '',
    killedBy: 'test/testing/law/law-options.test.ts',
  },
  {
    name: 'knowledge by a name that nobody knows',
    file: 'src/testing/model-under-test.ts',
    find: '!Object.hasOwn(OF_CASES, name)',
    replace: 'Object.hasOwn(rules, name)',
    killedBy: MODELS,
    only: 'what cannot be checked',
  },
  {
    name: 'a plate that visits what the engine draws where all data are meant',
    file: 'src/testing/law/all-data.ts',
    find: 'guide: visitingAll(inference.guide),\n  };\n  const drawn',
    replace: 'guide: inference.guide,\n  };\n  const drawn',
    killedBy: MODELS,
  },
  {
    name: 'rows of other data than the whole has',
    file: 'src/testing/check-model.ts',
    find: '...(isWhole && { whole })',
    replace: '...(!isWhole && { whole })',
    killedBy: MODELS,
  },
  {
    name: 'a plate without the size that it is told is one of any size',
    file: 'src/testing/programs/minibatches-law.ts',
    find: '(p) => p.size === size && p.count === 1 &&',
    replace: '(p) => p.count === 1 &&',
    killedBy: MODELS,
  },
  {
    name: 'another order that is the same',
    file: 'src/testing/programs/naming-laws.ts',
    find: 'if (orderOf(structureOf(other)) === order) {',
    replace: 'if (orderOf(structureOf(other)) === `${order} `) {',
    killedBy: MODELS,
  },
  {
    name: 'a class with a chance that no noise has counts as within reach',
    file: 'src/testing/programs/coverage-law.ts',
    find: 'd.sampler.enumeration === undefined ? LOWEST : LEAST',
    replace: 'd.sampler.enumeration === undefined ? LOWEST : LOWEST',
    killedBy: MODELS,
  },
  {
    name: 'components of a mixture that are all within reach',
    file: 'src/testing/programs/coverage-law.ts',
    find: 'below(chance, LEAST)',
    replace: 'below(chance, LOWEST)',
    killedBy: MODELS,
  },
  {
    name: 'moments of a family that are not looked at',
    file: 'src/testing/programs/site-distributions-law.ts',
    find: 'if (given && known) compare(moment, given(), known());',
    replace: 'if (given && known) compare(moment, given(), given());',
    killedBy: 'test/docs/asleep.test.ts',
    only: 'checkSiteDistributions',
  },
  {
    name: 'a density that is compared with itself',
    file: 'src/testing/programs/site-distributions-law.ts',
    find: "compare('log p', d.logProb(value), reference.logProb(value));",
    replace: "compare('log p', d.logProb(value), d.logProb(value));",
    killedBy: MISTAKES,
    only: 'a closed form of another law',
  },
  {
    name: 'draws that are all the same and no fault',
    file: 'src/testing/programs/site-distributions-law.ts',
    find: 'return Math.abs(at(1 + LEAST_SPREAD) - at(1)) < 1;',
    replace: 'return Math.abs(at(1 + LEAST_SPREAD) - at(1)) < 0;',
    killedBy: MISTAKES,
    only: 'a sampler that ignores its noise',
  },
  {
    name: 'a law of a user that is not judged by its draws',
    file: 'src/testing/programs/site-distributions-law.ts',
    find: '  checkSampler(subject, tables);\n',
    replace: '',
    killedBy: MISTAKES,
    only: 'without its constant',
  },
];
