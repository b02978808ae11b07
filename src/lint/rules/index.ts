/** Every check, by name. */
import type { Examination } from '../examination.js';
import { type Finding, type LintRule, byGravity } from '../finding.js';
import {
  impossibleObservation,
  invalidArgument,
  lostDigits,
  noObservations,
  outsideSupport,
  rawInputs,
  unreadBatch,
} from './data.js';
import {
  blockedDraw,
  closedFormUnused,
  noBaseline,
  oneParticle,
  sampledEnumerable,
} from './estimators.js';
import {
  guideIgnoresData,
  noParameters,
  notFinite,
  strayVariable,
  untrainedParameter,
  wideInitialScale,
} from './guide.js';
import { pooledPlate, repeatedFactor, unalignedPlate, unscaledMinibatch } from './plates.js';
import { unnamedRandomness } from './randomness.js';
import type { Rule } from './rule.js';

export const rules: Readonly<Record<LintRule, Rule>> = {
  noObservations,
  noParameters,
  strayVariable,
  unreadBatch,
  unscaledMinibatch,
  unalignedPlate,
  pooledPlate,
  repeatedFactor,
  unnamedRandomness,
  blockedDraw,
  invalidArgument,
  impossibleObservation,
  outsideSupport,
  notFinite,
  untrainedParameter,
  guideIgnoresData,
  sampledEnumerable,
  noBaseline,
  closedFormUnused,
  oneParticle,
  wideInitialScale,
  lostDigits,
  rawInputs,
};

export const ruleNames: readonly LintRule[] = Object.keys(rules).filter(
  (name): name is LintRule => name in rules,
);

/** What some rules find, gravest first. */
export const findingsOf = (e: Examination, names: readonly LintRule[]): readonly Finding[] =>
  byGravity(
    names.flatMap((rule) => {
      const { severity, check } = rules[rule];
      return check(e).map((finding) => ({ rule, severity, ...finding }));
    }),
  );
