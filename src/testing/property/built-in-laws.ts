/** The laws of this kit that can be asked of any case, as a counterexample names them. */
import type { BoundCase } from '../cases/bound-case.js';
import {
  checkBlock,
  checkBoundAboveEvidence,
  checkBoundBelowEvidence,
  checkCompiled,
  checkCondition,
  checkCoverage,
  checkEstimatorsAgree,
  checkExactGuide,
  checkGradients,
  checkMask,
  checkMemory,
  checkModel,
  checkNoise,
  checkOrderInAlpha,
  checkOrderInParticles,
  checkParticles,
  checkPlateElements,
  checkRenaming,
  checkReparameterisation,
  checkReplay,
  checkResume,
  checkScale,
  checkSiteDistributions,
  checkSupports,
  checkWeights,
} from '../laws.js';
import { type AnyLaw, type NamedLaw, namedLaws } from './named-laws.js';
import type { Seeded } from './seeded-cases.js';

export const builtInLaws: readonly NamedLaw<AnyLaw<Seeded<BoundCase>>>[] = namedLaws<
  AnyLaw<Seeded<BoundCase>>
>('replayCounterexample', {
  checkBlock,
  checkBoundAboveEvidence,
  checkBoundBelowEvidence,
  checkCompiled,
  checkCondition,
  checkCoverage,
  checkEstimatorsAgree,
  checkExactGuide,
  checkGradients,
  checkMask,
  checkMemory,
  checkModel,
  checkNoise,
  checkOrderInAlpha,
  checkOrderInParticles,
  checkParticles,
  checkPlateElements,
  checkRenaming,
  checkReparameterisation,
  checkReplay,
  checkResume,
  checkScale,
  checkSiteDistributions,
  checkSupports,
  checkWeights,
});

/** Those that need more than a case, each as it is asked of a case `c`. */
export const lawsOfMore: Readonly<Record<string, string>> = {
  checkBoundScale: 'checkBoundScale({ ...c, objective })',
  checkMinibatches: 'checkMinibatches({ ...c.rows, objective })',
  checkObjective: 'checkObjective(make, { cases: [c] })',
  checkOrdered: 'checkOrdered({ ...c, objectives })',
  checkPlateIsLoop: 'checkPlateIsLoop({ ...c, plated, looped, plate })',
  checkReordering: 'checkReordering({ ...c, reordered })',
  checkShift: 'checkShift({ ...c, objective })',
  checkTight: 'checkTight({ ...c, guide: c.posterior, objective })',
};
