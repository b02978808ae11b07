/** How far a bound of one case is from its evidence, and what a test of that would find. */
import * as tf from '@tensorflow/tfjs';
import type { Objective } from '../../bounds/objective.js';
import type { BoundCase } from '../cases/bound-case.js';
import { trialOf } from '../law/inference.js';
import type { LawOptions } from '../law/law-options.js';
import { signOf } from '../bounds/claims.js';
import { mean } from '../statistics/numbers.js';
import { smallestShift } from '../statistics/power.js';
import { BATCHES, batched } from '../statistics/replicated.js';

/** The gap of a bound, in nats. */
export interface Gap {
  /** log p(data) less the mean of the bound: above 0 for a lower bound, below 0 for an upper one. */
  readonly mean: number;
  readonly standardError: number;
  /** Draws of the bound that the mean was taken of. */
  readonly draws: number;
  /**
   * By how much the mean of the bound must be on the wrong side of log p(data) for the law of that side
   * to find it nine times in ten, at these draws and its false alarm.
   */
  readonly smallestViolation: number;
}

/**
 * The gap of an objective at the case's own guide. Throws where the two do not fit.
 *
 * The law allows the rounding of float32, a `tolerance` of log p(data), before it counts anything.
 */
export const gapOf = (subject: BoundCase & LawOptions, objective: Objective): Gap => {
  const found: Gap[] = [];
  tf.tidy(() => {
    const trial = trialOf(subject);
    const bound = batched(trial, objective);
    const sign = signOf(objective);
    const gaps = Array.from(
      { length: BATCHES },
      (_, b) => subject.logEvidence - sign * bound.value(b),
    );
    const centre = mean(gaps);
    const sd = Math.sqrt(gaps.reduce((sum, g) => sum + (g - centre) ** 2, 0) / (BATCHES - 1));
    const rounding = trial.tolerance * Math.max(1, Math.abs(subject.logEvidence));
    const shift = smallestShift({ falseAlarm: trial.alarm, batches: BATCHES });
    found.push({
      mean: centre,
      standardError: sd / Math.sqrt(BATCHES),
      draws: bound.size * BATCHES,
      smallestViolation: rounding + shift * sd,
    });
  });
  const [gap] = found;
  if (gap === undefined) throw new Error('tightness: expected a gap, but got none.');
  return gap;
};
