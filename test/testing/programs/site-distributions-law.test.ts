/**
 * Each part of the law of sites' distributions finds by itself what no other part sees. Seeds are fixed; the
 * false alarms of each call are 1e-6.
 */
import { type Distribution, type Tensor, normal, real, sample } from 'marginalia';
import type { Real } from 'marginalia/distributions';
import { checkSiteDistributions } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

const model = sample('z', normal(0, 1));

const told = (distribution: Distribution<Real, 'pathwise'>) => (): void =>
  checkSiteDistributions({ model, guide: sample('z', distribution) });

describe('the distribution of a site', () => {
  it('that draws as its family and has its moments is held against the density of it', () => {
    const { logProb } = normal(0, 1.2);
    const wrong = { ...normal(0, 1), logProb: (x: Tensor) => logProb(x) };
    expect(told(normal(0, 1))).not.toThrow();
    expect(told(wrong)).toThrow(/log p of 'z' in the guide to be .*, that of Normal/);
  });

  it('of its own, of which no moment is known, is held against its draws', () => {
    const own = (scale: number): Distribution<Real, 'pathwise'> => ({
      family: { name: 'Mine', axes: {} },
      parameters: {},
      support: real,
      batchShape: [],
      eventShape: [],
      sampler: normal(0, scale).sampler,
      logProb: (x) => normal(0, 1).logProb(x),
    });
    expect(told(own(1))).not.toThrow();
    expect(told(own(1.5))).toThrow(/'draws follow the density' is broken by Mine at 'z'/);
  });
});
