/** The laws of this kit that can be asked of any case, as a counterexample names them. */
import type { BoundCase } from '../cases/bound-case.js';
import {
  checkBlock,
  checkBoundAboveEvidence,
  checkBoundBelowEvidence,
  checkCompiled,
  checkCondition,
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
  checkSupports,
  checkWeights,
});
