/** Every check, by name. */
import type { LintRule } from '../finding.js';
import {
  impossibleObservation,
  invalidArgument,
  lostDigits,
  noObservations,
  outsideSupport,
  pooledPlate,
  rawInputs,
  unalignedPlate,
  unscaledMinibatch,
} from './data.js';
import {
  blockedDraw,
  closedFormUnused,
  noBaseline,
  oneParticle,
  sampledEnumerable,
} from './estimators.js';
import { guideIgnoresData, notFinite, untrainedParameter, wideInitialScale } from './guide.js';
import type { Rule } from './rule.js';

export const rules: Readonly<Record<LintRule, Rule>> = {
  noObservations,
  unscaledMinibatch,
  unalignedPlate,
  pooledPlate,
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
