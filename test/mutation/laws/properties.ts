/** Faults of the bridge to fast-check, of files of counterexamples, and of tightness. */
import type { Mutation } from '../mutation.js';

const PROPERTY = 'test/testing/property/property.test.ts';
const FILES = 'test/testing/property/counterexamples.test.ts';
const POWER = 'test/testing/statistics/power.test.ts';
const TIGHTNESS = 'test/testing/tightness/tightness.test.ts';

const verdict = 'src/testing/property/verdict.ts';

export const properties: readonly Mutation[] = [
  {
    name: 'what does not apply is a counterexample',
    file: verdict,
    find: 'thrown instanceof LawNotApplicable',
    replace: 'thrown instanceof TypeError',
    killedBy: PROPERTY,
    quick: true,
  },
  {
    name: 'a case to which no law applies counts as passed',
    file: verdict,
    find: "some(({ _tag }) => _tag === 'held')",
    replace: "some(({ _tag }) => _tag !== 'broken')",
    killedBy: PROPERTY,
  },
  {
    name: 'a law that never applies is not told',
    file: verdict,
    find: 'next.held === 0 && next.skipped >= maxSkips',
    replace: 'next.held === 0 && next.skipped >= 1e9',
    killedBy: PROPERTY,
  },
  {
    name: 'a smaller case that is broken for another reason is taken',
    file: 'src/testing/property/counterexample.ts',
    find: 'a.law === b.law && a.check === b.check && a.by === b.by',
    replace: 'a.law === b.law && a.check === b.check',
    killedBy: PROPERTY,
  },
  {
    name: 'all laws are asked of smaller cases',
    file: verdict,
    find: 'reason === undefined ? laws : laws.filter',
    replace: 'reason !== undefined ? laws : laws.filter',
    killedBy: PROPERTY,
  },
  {
    name: 'all checks are run of smaller cases',
    file: verdict,
    find: 'check === undefined ? subject',
    replace: 'check !== undefined ? subject',
    killedBy: PROPERTY,
  },
  {
    name: 'a misuse is shrunk as if a case were to blame',
    file: verdict,
    find: 'if (breach === undefined) return fc.Stream.nil();',
    replace: 'if (breach === undefined) return shrink(from);',
    killedBy: PROPERTY,
  },
  {
    name: 'all cases have the same noise',
    file: 'src/testing/property/seeded-cases.ts',
    find: 'fc.nat({ max: 2 ** 31 - 1 })',
    replace: 'fc.constant(1)',
    killedBy: PROPERTY,
  },
  {
    name: 'the noise of a case is made smaller with it',
    file: 'src/testing/property/seeded-cases.ts',
    find: 'fc.noShrink(fc.noBias(fc.nat({ max: 2 ** 31 - 1 })))',
    replace: 'fc.noBias(fc.nat({ max: 2 ** 31 - 1 }))',
    killedBy: PROPERTY,
  },
  {
    name: 'a case is printed whole',
    file: 'src/testing/property/seeded-cases.ts',
    find: '[fc.toStringMethod]: () => oneLine(subject),',
    replace: '',
    killedBy: PROPERTY,
  },
  {
    name: 'a promise of a law passes',
    file: 'src/testing/property/property.ts',
    find: 'if (!(said instanceof Promise)) return held;',
    replace: 'if (said !== null) return held;',
    killedBy: PROPERTY,
  },
  {
    name: 'two laws of one name are taken',
    file: 'src/testing/property/named-laws.ts',
    find: 'if (twice === undefined) return named;',
    replace: 'if (twice !== null) return named;',
    killedBy: PROPERTY,
  },
  {
    name: 'a counterexample is asked again with other noise',
    file: 'src/testing/property/replay-counterexample.ts',
    find: '{ ...subject, seed,',
    replace: '{ seed, ...subject, seed: 0,',
    killedBy: FILES,
    quick: true,
  },
  {
    name: 'all checks are run of a counterexample',
    file: 'src/testing/property/replay-counterexample.ts',
    find: '...(check !== undefined && { laws: [check] })',
    replace: '...(check === undefined && { laws: [check] })',
    killedBy: FILES,
  },
  {
    name: 'a sketch that JSON cannot hold is saved',
    file: 'src/testing/property/save-counterexample.ts',
    find: 'return isJson(recipe.sketch)',
    replace: 'return recipe.sketch !== isJson',
    killedBy: FILES,
  },
  {
    name: 'a law that needs more than a case is one of your own',
    file: 'src/testing/property/replay-counterexample.ts',
    find: 'Object.hasOwn(lawsOfMore, name) ? lawsOfMore[name]',
    replace: 'Object.hasOwn(lawsOfMore, name) ? undefined',
    killedBy: FILES,
  },
  {
    name: 'a crash of an objective is a misfit',
    file: 'src/testing/tightness/tightness.ts',
    find: 'error instanceof GuideMisfitError || error instanceof LawNotApplicable',
    replace: 'error instanceof Error',
    killedBy: TIGHTNESS,
  },
  {
    name: 'a generator is found by a name that every object has',
    file: 'src/testing/cases/recipes.ts',
    find: 'Object.hasOwn(generators, generator)',
    replace: 'generator in generators',
    killedBy: FILES,
  },
  {
    name: 'recipes may be nested for ever',
    file: 'src/testing/cases/recipes.ts',
    find: 'fromRecipe(inner, generators, depth + 1)',
    replace: 'fromRecipe(inner, generators, depth)',
    killedBy: FILES,
  },
  {
    name: 'the power of a test that knows the variance',
    file: 'src/testing/statistics/power.ts',
    find: 'normalBelow(shift - t * s)',
    replace: 'normalBelow(shift - t)',
    killedBy: POWER,
    quick: true,
  },
  {
    name: 'the power of a single batch',
    file: 'src/testing/statistics/power.ts',
    find: 'studentAbove(t, shift * root, batches - 1)',
    replace: 'studentAbove(t, shift, batches - 1)',
    killedBy: POWER,
  },
  {
    name: 'the standard error of one batch for that of all',
    file: 'src/testing/tightness/gap.ts',
    find: 'standardError: sd / Math.sqrt(BATCHES)',
    replace: 'standardError: sd',
    killedBy: TIGHTNESS,
  },
  {
    name: 'a violation that is three times as small',
    file: 'src/testing/tightness/gap.ts',
    find: 'rounding + shift * sd',
    replace: 'rounding + (shift * sd) / 3',
    killedBy: TIGHTNESS,
  },
  {
    name: 'a gap of the other sign',
    file: 'src/testing/tightness/gap.ts',
    find: 'subject.logEvidence - sign * bound.value(b)',
    replace: 'sign * bound.value(b) - subject.logEvidence',
    killedBy: TIGHTNESS,
  },
];
