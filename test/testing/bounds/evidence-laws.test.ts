/** Laws of the evidence on cases of which all is known. */
import { iwae } from 'marginalia';
import { checkBoundAboveEvidence, checkBoundBelowEvidence, checkWeights } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { objectiveCases } from '../../../src/testing/cases/objective-cases.js';
import { riemann, ofWeights } from '../objectives/own-bounds.js';

const [bit] = objectiveCases(1, 20240229);

describe('the laws of the evidence', () => {
  it('take a posterior with parameters of its own', () => {
    expect(bit).toBeDefined();
    if (bit === undefined) return;
    checkWeights({ ...bit, draws: 240 });
    checkBoundAboveEvidence({ ...bit, draws: 240 });
  });

  it('find an upper bound in disguise with particles enough, and without a draw', () => {
    expect(bit).toBeDefined();
    if (bit === undefined) return;
    const right = ofWeights('TVO', { bound: 'lower' }, riemann(0));
    const disguised = ofWeights('TVO', { bound: 'lower' }, riemann(1));
    checkBoundBelowEvidence({ ...bit, objective: right(32) });
    checkBoundBelowEvidence({ ...bit, objective: iwae({ particles: 32 }) });
    expect(() => checkBoundBelowEvidence({ ...bit, objective: disguised(32) })).toThrow(
      'over every joint draw',
    );
  });
});
