import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { elbo, key, keyedNoise, score, trace } from 'marginalia';
import { linearGaussian } from '../src/testing/linear-gaussian.js';
import { sigmaPoints } from '../src/testing/sigma-points.js';
import { estimateAt } from './estimate-at.js';
it('lg', () => {
  let n = 0, worst = 0, worst2 = 0, gap = 0;
  fc.assert(fc.property(linearGaussian(), (m) => {
    n++;
    const blocks = m.guideNetwork.nodes.map((x) => ({ site: x.name, size: x.scaleTril.length }));
    const { particles, noise } = sigmaPoints(blocks);
    expect(m.guideElbo).toBeLessThanOrEqual(m.logEvidence);
    gap = Math.max(gap, m.logEvidence - m.guideElbo);
    for (const closedFormKl of ['whereValid', 'never'] as const) {
      const { value } = estimateAt(m.model, m.guide, elbo({ particles, closedFormKl }), { noise });
      worst = Math.max(worst, Math.abs(value - m.guideElbo) / Math.max(1, Math.abs(m.guideElbo)));
      const p = estimateAt(m.model, m.posteriorGuide, elbo({ particles, closedFormKl }), { noise });
      worst2 = Math.max(worst2, Math.abs(p.value - m.logEvidence) / Math.max(1, Math.abs(m.logEvidence)));
    }
  }), { numRuns: 100, seed: 1 });
  console.log(n, worst, worst2, gap);
});
