/** Which side of the evidence a bound lies on, with as many particles as can be listed. */
import * as tf from '@tensorflow/tfjs';
import type { BoundCase } from '../cases/bound-case.js';
import { trialOf } from '../law/inference.js';
import { broken } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { sideOf, signOf } from './claims.js';
import {
  checkBoundAboveEvidence,
  checkBoundBelowEvidence,
  isCheckedExactly,
} from './evidence-laws.js';
import { limitOf } from './limit.js';
import type { ObjectiveAt } from './objective-at.js';

/** How far the frequencies of very many particles may put a bound from its limit, nats. */
const LIMIT_SLACK = 0.1;

/** Checks a side that is claimed in the limit, by what the bound tends to. */
const checkLimit = (c: BoundCase, { at, particles, two }: ObjectiveAt): void =>
  tf.tidy(() => {
    const trial = trialOf(c);
    const check = sideOf(two) === 'lower' ? 'checkBoundBelowEvidence' : 'checkBoundAboveEvidence';
    if (particles.length < 2) {
      const expected = 'a function of the number of particles, for a bound in the limit';
      throw new LawNotApplicable(check, expected, 'one objective');
    }
    const value = limitOf(trial, two, at);
    if (value === undefined) {
      const expected = 'a bound of the frequencies of draws that can be listed';
      throw new LawNotApplicable(check, expected, 'another');
    }
    const bound = signOf(two) * value;
    const isLower = sideOf(two) === 'lower';
    if ((isLower ? 1 : -1) * (bound - c.logEvidence) <= LIMIT_SLACK) return;
    broken(
      trial.claim(isLower ? 'the bound is below the evidence' : 'the bound is above the evidence'),
      `'${two.name}' to tend to ${isLower ? 'at most' : 'at least'} log p(data) = ${c.logEvidence}`,
      `${bound}, from very many particles as frequent as the guide has them`,
    );
  });

/** Checks a side with as many particles as can be enumerated, or else with a few by draws. */
export const checkSide = (c: BoundCase, subject: ObjectiveAt): void => {
  const { at, particles, few } = subject;
  if (few.meaning.inTheLimit === true) {
    checkLimit(c, subject);
    return;
  }
  const isLower = sideOf(few) === 'lower';
  const law = isLower ? 'the bound is below the evidence' : 'the bound is above the evidence';
  const isExact = tf.tidy(() => {
    const trial = trialOf(c);
    const slack = trial.tolerance * Math.max(1, Math.abs(c.logEvidence));
    return particles
      .toReversed()
      .some((k) => isCheckedExactly(trial, law, at(k), c.logEvidence, slack));
  });
  if (isExact) return;
  const check = isLower ? checkBoundBelowEvidence : checkBoundAboveEvidence;
  const { posterior: _, ...inference } = c;
  check({ ...inference, objective: few });
};
