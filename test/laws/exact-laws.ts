/** Exact laws asked of sound models over many seeds: each alarm is a false one. */
import {
  LawNotApplicable,
  checkBlock,
  checkCondition,
  checkExactGuide,
  checkGradients,
  checkMask,
  checkMinibatches,
  checkNoise,
  checkOrderInAlpha,
  checkOrderInParticles,
  checkParticles,
  checkPlateElements,
  checkRenaming,
  checkReparameterisation,
  checkReplay,
  checkScale,
  checkSupports,
} from 'marginalia/testing';
import type { Inference } from '../../src/testing/law/inference.js';
import type { BoundCase } from '../../src/testing/cases/bound-case.js';

/** A subject of laws, made anew for each seed. */
export interface Sound {
  readonly name: string;
  readonly make: (seed: number) => Inference & Partial<BoundCase>;
}

/** A law that cannot fail by chance, asked of a subject; nothing where the subject is not told enough. */
export type ExactLaw = (subject: Inference & Partial<BoundCase>) => void | Promise<void>;

/** Every law of programs and bounds that is exact. */
export const exactLaws: Readonly<Record<string, ExactLaw>> = {
  checkReplay,
  checkBlock,
  checkCondition,
  checkMask,
  checkScale,
  checkSupports,
  checkNoise,
  checkRenaming: (s) => checkRenaming(s),
  checkReparameterisation: (s) => checkReparameterisation(s),
  checkParticles,
  checkPlateElements,
  checkOrderInParticles: ({ model, guide, params, seed }) =>
    checkOrderInParticles({
      model,
      guide,
      ...(params && { params }),
      ...(seed !== undefined && { seed }),
    }),
  checkOrderInAlpha: ({ model, guide, params, seed }) =>
    checkOrderInAlpha({
      model,
      guide,
      ...(params && { params }),
      ...(seed !== undefined && { seed }),
    }),
  checkGradients: (s) => checkGradients(s),
  checkMinibatches: (s) => {
    if (s.rows === undefined) throw new LawNotApplicable('checkMinibatches', 'rows', 'none');
    checkMinibatches({ ...s, ...s.rows });
  },
  checkExactGuide: (s) => {
    if (s.posterior === undefined) {
      throw new LawNotApplicable('checkExactGuide', 'the posterior', 'none');
    }
    checkExactGuide({ ...s, guide: s.posterior });
  },
};

/** What a law said of a sound subject. */
export interface Alarm {
  readonly law: string;
  readonly subject: string;
  readonly seed: number;
  readonly said: string;
}

/** How often a law was kept, and did not apply. */
export interface Tally {
  readonly kept: number;
  readonly skipped: number;
  readonly milliseconds: number;
}

/** Asks laws of a subject at some seeds. */
export const campaign = async (
  { name, make }: Sound,
  seeds: readonly number[],
  laws: Readonly<Record<string, ExactLaw>> = exactLaws,
): Promise<{
  readonly alarms: readonly Alarm[];
  readonly tallies: Readonly<Record<string, Tally>>;
}> => {
  const alarms: Alarm[] = [];
  const tallies: Record<string, Tally> = {};
  for (const seed of seeds) {
    const subject = { ...make(seed), seed };
    for (const [law, check] of Object.entries(laws)) {
      const began = performance.now();
      const before = tallies[law] ?? { kept: 0, skipped: 0, milliseconds: 0 };
      const count = { kept: 0, skipped: 0 };
      try {
        await check(subject);
        count.kept = 1;
      } catch (error) {
        if (error instanceof LawNotApplicable) count.skipped = 1;
        else alarms.push({ law, subject: subject.label ?? name, seed, said: String(error) });
      }
      tallies[law] = {
        kept: before.kept + count.kept,
        skipped: before.skipped + count.skipped,
        milliseconds: before.milliseconds + performance.now() - began,
      };
    }
  }
  return { alarms, tallies };
};
