/** Variational EM with a q of its own for each datum: what its bound misses is the sum of the KL terms. */
import * as tf from '@tensorflow/tfjs';
import { freeState, key, rowsOf } from 'marginalia';
import { evaluator } from 'marginalia/inference';
import { loadIris } from '../data/index.js';
import { type Example, type Setting, type Shown, atMost } from '../gallery/index.js';
import { standardised } from '../mixture/likelihood.js';
import { lines, panels } from '../pictures/index.js';
import { exactOf } from './exact.js';
import { measured, variationalEm } from './model.js';

/** One state, nats per datum. */
interface At {
  readonly step: number;
  readonly bound: number;
  readonly standardError: number;
  readonly evidence: number;
  readonly divergence: number;
}

const run = async (setting: Setting): Promise<Shown> => {
  const table = loadIris(setting.data, setting.key);
  const rows = standardised(table.rows);
  const data = rowsOf(Float32Array.from(rows.flat()), [table.columns.length]);
  const all = tf.tensor2d(rows.map((row) => [...row]));
  const steps = setting.quick ? 300 : 1500;
  const draws = 100;
  const evaluation = evaluator(measured, setting.engine);
  const found: At[] = [];
  const state = await setting.fit({
    name: 'em',
    svi: variationalEm(steps),
    data,
    batchSize: data.size,
    steps,
    watch: {
      every: Math.max(1, steps / 15),
      measure: async (at) => {
        const own = measured.init(key(0), all, { ...at.params });
        const { bound, standardError = Number.NaN } = await evaluation.bound(own, all, {
          key: key(at.step),
          draws,
        });
        freeState(own);
        found.push({
          step: at.step,
          bound: bound / data.size,
          standardError: standardError / data.size,
          ...exactOf(at, rows),
        });
        return bound / data.size;
      },
    },
  });
  freeState(state);
  await evaluation.close();
  all.dispose();
  const last = found.at(-1) ?? {
    step: 0,
    bound: Number.NaN,
    standardError: Number.NaN,
    evidence: Number.NaN,
    divergence: Number.NaN,
  };
  const misses = found.map((at) => at.evidence - at.bound - at.divergence);
  const curve = (of: (at: At) => number) => found.map((at) => [at.step, of(at)] as const);
  return {
    headline: `The bound lies ${(last.evidence - last.bound).toFixed(4)} nats per datum below the evidence, and the KL terms are ${last.divergence.toFixed(4)}.`,
    figures: { data: table.source, unit: 'nats per datum', last, steps: found },
    checks: [
      // What is left is the noise of the draws, with a standard error of its own at each of 15 places.
      atMost(
        'evidence − bound − KL terms, largest, standard errors',
        Math.max(...found.map((at, i) => Math.abs(misses[i] ?? Number.NaN) / at.standardError)),
        5,
      ),
      atMost(
        'evidence − bound − KL terms, largest, nats',
        Math.max(...misses.map(Math.abs)),
        0.003,
      ),
      atMost('KL terms at the end, nats', last.divergence, setting.quick ? 0.02 : 0.005),
    ],
    pictures: {
      'gap.svg': await panels([
        lines({
          title: 'Bound and evidence',
          subtitle: `${table.source}, two latent numbers`,
          x: { title: 'step' },
          y: { title: 'nats per datum' },
          lines: [
            { name: 'log evidence', points: curve((at) => at.evidence) },
            { name: 'bound', points: curve((at) => at.bound), dots: true },
          ],
        }),
        lines({
          title: 'What the bound misses',
          x: { title: 'step' },
          y: { title: 'nats per datum', zero: true },
          lines: [
            {
              name: 'log evidence − bound',
              points: curve((at) => at.evidence - at.bound),
              dots: true,
            },
            { name: 'mean KL(q ‖ posterior)', points: curve((at) => at.divergence), dashed: true },
          ],
        }),
      ]),
    },
  };
};

export const example: Example = {
  name: 'variational-em',
  sentence: 'Variational EM without an encoder: what its bound misses is the sum of the KL terms.',
  equations: [
    String.raw`\text{E: } q_i \leftarrow \arg\max \mathcal{F}, \quad \text{M: } \theta \leftarrow \arg\max \mathcal{F}, \qquad \mathcal{F} = \sum_i \mathbb{E}_{q_i}[\log p(x_i \mid z_i; \theta)] - \mathrm{KL}(q_i \,\|\, p(z))`,
    String.raw`\log p(x; \theta) - \mathcal{F} = \sum_i \mathrm{KL}(q(z_i) \,\|\, p(z_i \mid x_i; \theta))`,
  ],
  run,
};
