/** Expectation maximisation climbs the bound, one coordinate at a time. */
import * as tf from '@tensorflow/tfjs';
import { type Svi, type Tensor, freeState, key } from 'marginalia';
import type { Params } from 'marginalia/inference';
import { loadFaithful } from '../data/index.js';
import { type Example, type Setting, type Shown, atLeast, atMost } from '../gallery/index.js';
import { componentsOf, meanLogLikelihood, standardised } from '../mixture/likelihood.js';
import { lines, panels } from '../pictures/index.js';
import { bound, eStep, mStep } from './model.js';

/** Bound and log likelihood after a half step, nats per datum. */
interface At {
  readonly half: number;
  readonly step: 'start' | 'E' | 'M';
  readonly bound: number;
  readonly likelihood: number;
}

/** The parameters after a step from others. */
const after = (step: Svi<Tensor>, params: Params, x: Tensor): Params => {
  const state = step.init(key(0), x, params);
  const [next, { loss }] = step.step(state, x);
  loss.dispose();
  freeState(state);
  return next.params;
};

const run = async (setting: Setting): Promise<Shown> => {
  const table = loadFaithful(setting.data, setting.key);
  const rows = standardised(table.rows.map(([, wait = 0]) => [wait]));
  const x = tf.tensor1d(rows.flat());
  const iterations = setting.capped(12);
  const measured = (half: number, step: At['step'], params: Params): At =>
    tf.tidy(() => {
      const state = bound.init(key(0), x, params);
      const [loss = Number.NaN] = bound.evaluate(state, x).loss.dataSync();
      const likelihood = meanLogLikelihood(componentsOf(state), rows);
      return { half, step, bound: -loss / x.size, likelihood };
    });
  let params: Params = bound.init(key(0), x).params;
  const found = [measured(0, 'start', params)];
  for (let i = 0; i < iterations; i += 1) {
    for (const [step, svi] of [
      ['E', eStep],
      ['M', mStep],
    ] as const) {
      const next = after(svi, params, x);
      tf.dispose({ ...params });
      params = next;
      found.push(measured(found.length, step, params));
    }
  }
  tf.dispose([x, ...Object.values(params)]);
  const gaps = (step: At['step']): readonly number[] =>
    found.filter((at) => at.step === step).map((at) => at.likelihood - at.bound);
  const rises = found.slice(1).map((at, i) => at.bound - (found[i]?.bound ?? Number.NaN));
  const steepest = rises.indexOf(Math.max(...rises.slice(1)));
  const last = found.at(-1)?.likelihood ?? Number.NaN;
  const at = (of: (one: At) => number, keep: readonly At[]) =>
    keep.map((one) => [one.half / 2, of(one)] as const);
  const chart = (title: string, keep: readonly At[]) =>
    lines({
      title,
      x: { title: 'iterations: E at the halves, M at the wholes' },
      y: { title: 'nats per datum' },
      lines: [
        { name: 'log likelihood', points: at((one) => one.likelihood, keep), dashed: true },
        { name: 'bound', points: at((one) => one.bound, keep), dots: true },
      ],
    });
  return {
    headline: `After each E step the bound touches the log likelihood, ${last.toFixed(4)} nats per datum at the end.`,
    figures: {
      data: table.source,
      unit: 'nats per datum of standardised waiting times',
      steps: found,
    },
    checks: [
      // Both are sums of 272 numbers in float32.
      atMost('largest gap after an E step, nats', Math.max(...gaps('E').map(Math.abs)), 1e-5),
      atLeast('smallest gap after an M step, nats', Math.min(...gaps('M')), -1e-5),
      atLeast('least that a half step raises the bound, nats', Math.min(...rises), -1e-5),
    ],
    pictures: {
      'em.svg': await panels([
        chart('From the start', found),
        chart(
          'Where it is steepest',
          found.filter((one) => Math.abs(one.half - steepest) <= 4),
        ),
      ]),
    },
  };
};

export const example: Example = {
  name: 'em-connection',
  sentence:
    'EM climbs the bound one coordinate at a time, and touches the likelihood after each E step.',
  equations: [
    String.raw`\mathcal{F}(q, \theta) = \mathbb{E}_q[\log p(x, z; \theta)] - \mathbb{E}_q[\log q(z)] = \log p(x; \theta) - \mathrm{KL}(q(z) \,\|\, p(z \mid x; \theta))`,
    String.raw`\text{E: } q \leftarrow \arg\max_q \mathcal{F}(q, \theta) = p(z \mid x; \theta), \qquad \text{M: } \theta \leftarrow \arg\max_\theta \mathcal{F}(q, \theta)`,
  ],
  run,
};
