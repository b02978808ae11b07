/** Faults in `checkObjective`, in the laws of bounds that it runs, and in exact means. */
import type { Mutation } from '../mutation.js';

const OBJECTIVES = 'test/testing/check-objective.test.ts';
const MEANS = 'test/testing/bounds/joint-draws/exact-mean.test.ts';
const LAWS = 'test/testing/broken-laws.test.ts';

export const checkedObjectives: readonly Mutation[] = [
  {
    name: 'a mean over joint draws without their chances',
    file: 'src/testing/bounds/joint-draws/exact-mean.ts',
    find: 'const chance = Math.exp(logChance + log);',
    replace: 'const chance = Math.exp(log);',
    killedBy: MEANS,
    quick: true,
  },
  {
    name: 'a set of particles that counts once, in however many orders it comes',
    file: 'src/testing/bounds/joint-draws/exact-mean.ts',
    find: 'log += Math.log(i + 1) - Math.log(run);',
    replace: 'log += 0 * (i + run);',
    killedBy: MEANS,
  },
  {
    name: 'one order of particles that stands for all, though they differ',
    file: 'src/testing/bounds/joint-draws/exact-mean.ts',
    find: 'sets.every((set) => isSymmetricAt(bound, set))',
    replace: 'sets.some((set) => isSymmetricAt(bound, set))',
    killedBy: MEANS,
  },
  {
    name: 'an upper bound that need not be above',
    file: 'src/testing/bounds/side-law.ts',
    find: '<= LIMIT_SLACK) return;',
    replace: '<= 100 + LIMIT_SLACK) return;',
    killedBy: OBJECTIVES,
  },
  {
    name: 'a limit in which every state is as frequent as any other',
    file: 'src/testing/bounds/limit.ts',
    find: 'Math.max(1, Math.round(p * particles))',
    replace: 'Math.max(1, Math.round(particles / chances.length + 0 * p))',
    killedBy: 'test/testing/bounds/limit.test.ts',
  },
  {
    name: 'a lower bound that is looked at with few particles alone',
    file: 'src/testing/bounds/side-law.ts',
    find: '      .toReversed()\n      .some(',
    replace: '      .slice(0, 1)\n      .some(',
    killedBy: OBJECTIVES,
  },
  {
    name: 'a law that is broken on one case and forgiven',
    file: 'src/testing/bounds/over-cases.ts',
    find: 'if (isMisfit(error)) return whyOf(error);',
    replace: 'if (error instanceof Error) return whyOf(error);',
    killedBy: OBJECTIVES,
  },
  {
    name: 'a bound that falls with particles is held to rise',
    file: 'src/testing/bounds/ordering-laws.ts',
    find: "bounds[0]?.objective.meaning.monotone === 'nonincreasing'",
    replace: "bounds[0]?.objective.meaning.monotone === 'nondecreasing'",
    killedBy: OBJECTIVES,
  },
  {
    name: 'an order that is not looked at',
    file: 'src/testing/bounds/ordered-law.ts',
    find: 'if (low.exact <= high.exact + slackOf(trial, high.exact)) continue;',
    replace: 'if (low.exact <= high.exact + 100) continue;',
    killedBy: OBJECTIVES,
  },
  {
    name: 'shifts that float32 can hold as they are',
    file: 'src/testing/bounds/shift-law.ts',
    find: 'const SHIFTS = [1, -150, 150];',
    replace: 'const SHIFTS = [1, -15, 15];',
    killedBy: OBJECTIVES,
  },
  {
    name: 'a scale of the plate that is one',
    file: 'src/testing/bounds/bound-scale-law.ts',
    find: 'const TIMES = 3;',
    replace: 'const TIMES = 1;',
    killedBy: OBJECTIVES,
  },
  {
    name: 'gradients that are looked at with two particles alone',
    file: 'src/testing/bounds/over-cases.ts',
    find: 'for (const k of others) {',
    replace: 'for (const k of others.slice(0, 0)) {',
    killedBy: OBJECTIVES,
    quick: true,
  },
  {
    name: 'a gradient that is wrong of three particles where no case is small enough',
    file: 'src/testing/bounds/over-cases.ts',
    find: '(k <= ANYWHERE || draws(i) <= MANY_DRAWS)',
    replace: 'draws(i) <= MANY_DRAWS',
    killedBy: OBJECTIVES,
  },
  {
    name: 'a bound that is held to be tight with few particles alone',
    file: 'src/testing/check-objective.ts',
    find: "overCases('checkTight', cases, subject.fromFew,",
    replace: "overCases('checkTight', cases, subject.fromFew.slice(0, 1),",
    killedBy: OBJECTIVES,
  },
  {
    name: 'an order of few particles alone, though more can be summed over',
    file: 'src/testing/bounds/ordered-law.ts',
    find: 'isExactOnly !== true || exact !== undefined',
    replace: 'isExactOnly !== true',
    killedBy: OBJECTIVES,
  },
  {
    name: 'a bound that is tight within some nats',
    file: 'src/testing/bounds/tight-law.ts',
    find: 'const slack = 2 * trial.tolerance *',
    replace: 'const slack = 2000 * trial.tolerance *',
    killedBy: OBJECTIVES,
  },
  {
    name: 'closed forms that are tight at any value',
    file: 'src/testing/bounds/tight-law.ts',
    find: "derivation.terms.every((t) => t.kind !== 'kl')",
    replace: "derivation.terms.every((t) => t.kind === 'kl' || t.kind !== 'kl')",
    killedBy: LAWS,
    only: 'tight bound',
  },
  {
    name: 'parameters that only the posterior has are asked of the guide',
    file: 'src/testing/bounds/evidence-laws.ts',
    find: 'paramsOf(model, drawn, modelParams(trial))',
    replace: 'modelParams(trial)',
    killedBy: 'test/testing/bounds/evidence-laws.test.ts',
  },
];
