/** A mixture of two normals by sums over z, by scores of draws of z, and by expectation maximisation. */
import { type Svi, type Tensor, freeState, rowsOf } from 'marginalia';
import { loadFaithful } from '../data/index.js';
import { type Example, type Setting, type Shown, atMost } from '../gallery/index.js';
import { lines, panels, points } from '../pictures/index.js';
import {
  type Component,
  componentsOf,
  meanLogLikelihood,
  responsibilities,
  standardised,
} from './likelihood.js';
import { byBound, byEm } from './model.js';

interface Found {
  readonly mixture: readonly Component[];
  readonly likelihood: number;
  readonly curve: readonly (readonly [number, number])[];
}

/** The largest difference between means and scales of two mixtures. */
const farthest = (a: readonly Component[], b: readonly Component[]): number =>
  Math.max(
    ...a.flatMap(({ share, loc, scale }, k) => [
      Math.abs(share - (b[k]?.share ?? Number.NaN)),
      ...loc.map((v, j) => Math.abs(v - (b[k]?.loc[j] ?? Number.NaN))),
      ...scale.map((v, j) => Math.abs(v - (b[k]?.scale[j] ?? Number.NaN))),
    ]),
  );

const run = async (setting: Setting): Promise<Shown> => {
  const table = loadFaithful(setting.data, setting.key);
  const rows = standardised(table.rows);
  const data = rowsOf(Float32Array.from(rows.flat()), [2]);
  const fitted = async (name: string, svi: Svi<Tensor>, steps: number): Promise<Found> => {
    const { state, watched } = await setting.fitWithCurves({
      name,
      svi,
      data,
      batchSize: data.size,
      steps,
      watch: {
        every: Math.max(1, steps / 50),
        measure: async (at) => meanLogLikelihood(componentsOf(at), rows),
      },
    });
    const mixture = componentsOf(state);
    freeState(state);
    const likelihood = meanLogLikelihood(mixture, rows);
    return { mixture, likelihood, curve: watched.map(({ step, value }) => [step, value] as const) };
  };
  const steps = setting.quick ? 600 : 2000;
  const summed = await fitted('summed', byBound('enumerate', steps), steps);
  const scored = await fitted('scored', byBound('score', 2 * steps), 2 * steps);
  const em = await fitted('em', byEm(), 50);
  const groups = em.mixture.map((_, k) =>
    table.rows.filter((_row, i) => (responsibilities(em.mixture, rows[i] ?? [])[k] ?? 0) > 0.5),
  );
  return {
    headline: `Three ways to one mixture: ${em.likelihood.toFixed(4)} (EM), ${summed.likelihood.toFixed(4)} (z summed over) and ${scored.likelihood.toFixed(4)} (scores) nats per eruption.`,
    figures: {
      data: table.source,
      unit: 'nats per row of standardised data',
      em: em.likelihood,
      summed: summed.likelihood,
      scored: scored.likelihood,
      mixture: em.mixture,
    },
    checks: [
      atMost(
        'log likelihood, summed against EM, nats',
        Math.abs(summed.likelihood - em.likelihood),
        setting.quick ? 1e-3 : 1e-4,
      ),
      // Scores have eight draws' noise, and twice the steps.
      atMost(
        'log likelihood, scores against EM, nats',
        Math.abs(scored.likelihood - em.likelihood),
        setting.quick ? 1e-3 : 1e-4,
      ),
      atMost(
        'shares, means and scales, summed against EM',
        farthest(summed.mixture, em.mixture),
        0.02,
      ),
      atMost(
        'shares, means and scales, scores against EM',
        farthest(scored.mixture, em.mixture),
        0.02,
      ),
    ],
    pictures: {
      'mixture.svg': await panels([
        points({
          title: table.source,
          subtitle: 'by the more likely component',
          x: { title: table.columns[0] ?? '' },
          y: { title: table.columns[1] ?? '' },
          clouds: groups.map((own, k) => ({
            name: `component ${k + 1}`,
            points: own.map(([x = 0, y = 0]) => [x, y] as const),
          })),
        }),
        lines({
          title: 'Log likelihood on the way',
          x: { title: 'step', log: true },
          y: { title: 'nats per row' },
          lines: [
            { name: 'z summed over', points: summed.curve },
            { name: 'scores of draws of z', points: scored.curve },
            { name: 'EM', points: em.curve, dashed: true },
          ],
        }),
      ]),
    },
  };
};

export const example: Example = {
  name: 'mixture',
  sentence: 'A mixture of normals: sums over z, scores of draws of z, and EM give one answer.',
  equations: [
    String.raw`p(x) = \sum_k \pi_k \, \mathcal{N}(x; \mu_k, \mathrm{diag}\,\sigma_k^2)`,
    String.raw`\log p(x) \ge \mathbb{E}_{q(z \mid x)}[\log p(x \mid z)] - \mathrm{KL}(q(z \mid x) \,\|\, \pi), \quad q(z \mid x) = \mathrm{softmax}(W [x, x^2] + b)`,
  ],
  run,
};
