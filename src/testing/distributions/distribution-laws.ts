/** The laws that every distribution keeps, checked by one call; a broken one throws. */
import * as tf from '@tensorflow/tfjs';
import type { Distribution } from '../../../dsl/index.js';
import type { DistributionCase } from '../cases/distributions/family-arbitraries.js';
import { checkDistributionFunction } from './distribution-function-law.js';
import { checkSampler, tabulate } from './density-laws.js';
import {
  checkDrawsInSupport,
  checkEnumeration,
  checkLogProbOfDraw,
  checkShapes,
} from './draw-laws.js';
import {
  checkParameterGradient,
  checkPathwiseGradient,
  checkValueGradient,
} from './gradient-laws.js';
import { checkMoments } from './moment-laws.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { type DistributionLawOptions, type Subject, hasDensity, subjectOf } from './subject.js';

/**
 * Checks the laws of a distribution and throws an `Error` that names the first broken one.
 *
 * - shapes of draws, log probabilities and moments; a value that does not fit is refused
 * - draws lie in the support and have finite log probability, the same from noise as from value
 * - listed values are the support: different, with probabilities that sum to 1
 * - draws follow the density: Kolmogorov-Smirnov for numbers; likelihood-ratio chi-square for listed
 *   values, for a window of whole numbers that are not listed, and for cells of vectors with up to three
 *   free coordinates; of longer vectors each coordinate given the others, and of vectors of whole numbers
 *   moves that keep the density. A density of one number integrates to 1
 * - mean, variance and entropy, where given; the distribution function against the density, and its inverse
 * - gradients of log p in value and parameters, and of a reparameterised draw in the parameters,
 *   against finite differences; parameters only where `parametrised` is given
 *
 * The statistical laws fail a sound distribution with a chance of at most `falseAlarm`, 1e-6 over all
 * seeds, and never with the fixed default seed once they passed. The bounds hold for every number of
 * draws, but for means of draws that are far from normal. Magnitudes should be moderate, within
 * about 1e-2 to 1e2, for float32. Takes about 0.1 s.
 *
 * @example
 * ```ts
 * checkDistribution(() => normal([0, 1], 2));
 * const unnormalised = { ...normal(0, 1), logProb: (x: Tensor) => tf.mul(tf.square(x), -0.5) };
 * E.isLeft(E.tryCatch(() => checkDistribution(() => unnormalised), String)); // true
 * ```
 */
export const checkDistribution = (
  make: () => Distribution,
  options: DistributionLawOptions = {},
): void =>
  tf.tidy(() => {
    const subject = subjectOf(make(), options);
    checkShapes(subject);
    checkDrawsInSupport(subject);
    checkLogProbOfDraw(subject);
    checkEnumeration(subject);
    const tables = tablesOf(subject);
    const isJudged = checkSampler(subject, tables);
    checkMoments(subject, tables);
    checkDistributionFunction(subject, tables, options.parametrised);
    checkValueGradient(subject);
    if (options.parametrised) {
      checkPathwiseGradient(subject, options.parametrised);
      checkParameterGradient(subject, options.parametrised);
    }
    if (!isJudged) throw unjudged('checkDistribution', subject);
  });

/** A support about which no draws say anything. */
const unjudged = (check: string, { label, distribution }: Subject): LawNotApplicable =>
  new LawNotApplicable(
    check,
    'values that can be listed, or moved within their support',
    `${label} on ${distribution.support.name}, whose other laws hold`,
  );

/** The laws of a case from `marginalia/testing`'s arbitraries, with its gradients. */
export const checkDistributionCase = (
  tried: DistributionCase,
  options: DistributionLawOptions = {},
): void => checkDistribution(tried.make, { label: tried.label, parametrised: tried, ...options });

/**
 * Checks that a sampler draws from its density, and only from the support: the part of
 * `checkDistribution` about draws alone, for a family whose other laws are not there yet.
 *
 * - Errors: a broken law; a `LawNotApplicable` for vectors of which neither the values are listed nor any
 *   other is near a draw.
 *
 * @example
 * ```ts
 * checkDraws(() => gamma(2, 3));
 * const wrong = { ...gamma(2, 3), sampler: gamma(3, 2).sampler };
 * E.isLeft(E.tryCatch(() => checkDraws(() => wrong), String)); // true
 * ```
 */
export const checkDraws = (make: () => Distribution, options: DistributionLawOptions = {}): void =>
  tf.tidy(() => {
    const subject = subjectOf(make(), options);
    checkDrawsInSupport(subject);
    if (!checkSampler(subject, tablesOf(subject))) throw unjudged('checkDraws', subject);
  });

/** The density on a grid, where there is one of a single number. */
const tablesOf = (subject: Subject) => {
  const { distribution: d } = subject;
  const isScalar = d.eventShape.length === 0 && !d.support.isDiscrete;
  return isScalar && hasDensity(d) ? tabulate(subject) : [];
};
