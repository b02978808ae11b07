/** A law of an objective over many cases and numbers of particles. */
import * as tf from '@tensorflow/tfjs';
import { GuideMisfitError } from '../../bounds/misfit.js';
import { reasonOf } from '../../../dsl/refusals/thrown.js';
import type { BoundCase } from '../cases/bound-case.js';
import { trialOf } from '../law/inference.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { statesOf } from './joint-draws/exact-mean.js';

/** A law as it is asked of a case with a number of particles. */
export type LawAt = (c: BoundCase, particles: number, falseAlarm: number) => void;

/** A law over cases, told the false alarm that it may have. */
export type OverCases = (falseAlarm: number) => void;

const isMisfit = (error: unknown): boolean =>
  error instanceof LawNotApplicable || error instanceof GuideMisfitError;

/** Why a law says nothing of a case, to stand in a sentence that names the law and has a full stop. */
const whyOf = (error: unknown): string =>
  reasonOf(error)
    .replace(/^check\w+: /, '')
    .replace(/\.$/, '');

/** Throws where a law applied nowhere; of each place there is a reason, or nothing where it applied. */
const demandOne = (check: string, reasons: readonly (string | undefined)[]): void => {
  if (reasons.includes(undefined)) return;
  const [first = 'no case'] = reasons;
  throw new LawNotApplicable(check, 'a case that it applies to', `none: ${first}`);
};

/** Asks a law of the case of a number: why it does not apply, or nothing where it holds. */
const askedBy =
  (cases: readonly BoundCase[], counts: readonly number[], law: LawAt, falseAlarm: number) =>
  (i: number, particles: number): string | undefined => {
    const [c] = cases.slice(i);
    if (c === undefined) return 'no case';
    try {
      law(c, particles, falseAlarm / (cases.length * counts.length));
      return undefined;
    } catch (error) {
      if (isMisfit(error)) return whyOf(error);
      const [first] = counts;
      const isAnother = first !== undefined && particles !== first;
      const at = isAnother ? `, with ${particles} particles` : '';
      const cure = isAnother
        ? ` With ${first} particles it holds; where the function is for others only, let it refuse these by a RangeError.`
        : '';
      const said = `on case ${i + 1} of ${cases.length}, ${c.label}${at}: ${reasonOf(error)}${cure}`;
      throw new Error(said, { cause: error });
    }
  };

const indices = (cases: readonly BoundCase[]): readonly number[] => cases.map((_, i) => i);

/**
 * Asks a law of every case with every number of particles, the first of which is the one that messages do
 * not speak of. Throws where it applies to none.
 */
export const overCases =
  (check: string, cases: readonly BoundCase[], counts: readonly number[], law: LawAt): OverCases =>
  (falseAlarm) => {
    const asked = askedBy(cases, counts, law, falseAlarm);
    demandOne(
      check,
      indices(cases).flatMap((i) => counts.map((k) => asked(i, k))),
    );
  };

/** Joint draws that are few enough for every such case, and for one of them. */
const [FEW_DRAWS, MANY_DRAWS] = [64, 256];

/** More particles than these are taken of cases of few joint draws alone. */
const ANYWHERE = 4;

/** The joint draws of one particle; more than can be counted where a site is not finite. */
const drawsOf = (c: BoundCase): number => {
  try {
    return tf.tidy(() => statesOf(trialOf(c).structure));
  } catch (error) {
    if (isMisfit(error)) return Infinity;
    throw error;
  }
};

/**
 * Asks a law whose time grows with the joint draws: with the first number of particles of every case, with
 * each other of those that then have few joint draws. Where it applies to none of these it is asked of
 * the others, the smaller ones first, until it applies to one. Throws where it applies to none at all.
 */
export const overSmallCases =
  (check: string, cases: readonly BoundCase[], counts: readonly number[], law: LawAt): OverCases =>
  (falseAlarm) => {
    const asked = askedBy(cases, counts, law, falseAlarm);
    const [first, ...others] = counts;
    if (first === undefined) return;
    demandOne(
      check,
      indices(cases).map((i) => asked(i, first)),
    );
    const states = others.length === 0 ? [] : cases.map(drawsOf);
    for (const k of others) {
      const draws = (i: number): number => (states[i] ?? Infinity) ** k;
      const small = indices(cases).filter((i) => draws(i) <= FEW_DRAWS);
      if (small.map((i) => asked(i, k)).includes(undefined)) continue;
      indices(cases)
        .filter((i) => !small.includes(i) && (k <= ANYWHERE || draws(i) <= MANY_DRAWS))
        .toSorted(
          (a, b) => Math.min(draws(a), Number.MAX_VALUE) - Math.min(draws(b), Number.MAX_VALUE),
        )
        .some((i) => asked(i, k) === undefined);
    }
  };
