/** The examples of mixtures, EM, variational optimisation and density ratios: each runs, and leaves its figures. */
import { describe, expect, it } from 'vitest';
import { example as densityRatio } from '../../examples/density-ratio/main.js';
import { example as emConnection } from '../../examples/em-connection/main.js';
import { example as evolutionStrategies } from '../../examples/evolution-strategies/main.js';
import type { Example, Shown } from '../../examples/gallery/example.js';
import { meanLogLikelihood, responsibilities } from '../../examples/mixture/likelihood.js';
import { example as mixture } from '../../examples/mixture/main.js';
import { example as variationalEm } from '../../examples/variational-em/main.js';
import { shownBy } from './gallery-run.js';

const number: unknown = expect.any(Number);

const cases: readonly (readonly [Example, object, string])[] = [
  [mixture, { em: number, summed: number, scored: number }, 'mixture.svg'],
  [variationalEm, { last: { evidence: number, divergence: number } }, 'gap.svg'],
  [emConnection, { unit: expect.stringContaining('nats') }, 'em.svg'],
  [evolutionStrategies, { relativeErrorOfScores: number }, 'descent.svg'],
  [densityRatio, { unit: 'nats' }, 'kl.svg'],
];

describe('an example', () => {
  it.each(cases.map(([example, ...rest]) => [example.name, example, ...rest] as const))(
    '%s runs, and leaves its figures and its picture',
    async (_, example, figures, picture) => {
      const shown: Shown = await shownBy(example, 3);
      expect(shown.figures).toMatchObject(figures);
      expect(String(shown.pictures[picture])).toContain('<svg');
      expect(shown.checks.length).toBeGreaterThan(1);
      if (example === emConnection) expect(shown.checks.every((c) => c.holds)).toBe(true);
    },
  );
});

describe('the likelihood of a mixture', () => {
  it('is that of its normals', () => {
    const half = { share: 0.5, loc: [0], scale: [1] };
    const one = -0.5 * Math.log(2 * Math.PI) - 0.5;
    expect(meanLogLikelihood([half, half], [[1], [-1]])).toBeCloseTo(one, 12);
    const far = { share: 0.5, loc: [2], scale: [1] };
    expect(responsibilities([half, far], [1])).toEqual([
      expect.closeTo(0.5, 12),
      expect.closeTo(0.5, 12),
    ]);
  });
});
