/** Factor analysis of small digits by EM and by the bound. */
import * as tf from '@tensorflow/tfjs';
import { type SviState, foldIn, paramValues } from 'marginalia';
import { evaluator } from 'marginalia/inference';
import { dequantised, greyRows, imageRows, loadOpticalDigits } from '../data/index.js';
import { type Example, type Setting, within } from '../gallery/index.js';
import { matrixOf, momentsOf, tensorOf, transpose } from '../linear-algebra/index.js';
import { labelledImages, lineChart } from '../pictures/index.js';
import { type Factors, factorsByEm, firstFactors, logEvidence } from './em.js';
import { factorAnalysis } from './model.js';

const FACTORS = 10;

const fittedOf = (state: SviState<'loadings/kernel' | 'loadings/bias' | 'scale'>): Factors => {
  const values = paramValues(state);
  const fitted = {
    weights: transpose(matrixOf(values['loadings/kernel'])),
    mean: matrixOf(values['loadings/bias'])[0] ?? [],
    noise: matrixOf(values.scale)[0]?.map((s) => s ** 2) ?? [],
  };
  tf.dispose(values);
  return fitted;
};

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

/** A row of numbers as grey levels, 0 in the middle where it has both signs. */
const asImage = (row: readonly number[], signed: boolean): readonly number[] => {
  const most = Math.max(...row.map(Math.abs));
  return row.map((x) => (signed ? 0.5 + x / (2 * most) : x / most));
};

const run = async (setting: Setting) => {
  const { quick, key } = setting;
  const split = loadOpticalDigits(setting.data, key);
  // 17 levels, from 0 to 16; drawn ones have as many steps as that, too, between them.
  const train = dequantised(split.train, 17, foldIn(key, 'train levels'));
  const test = dequantised(split.test, 17, foldIn(key, 'test levels'));
  const [x, held] = [imageRows(train), imageRows(test)];
  const [data, heldOut] = [matrixOf(x), matrixOf(held)];
  const rounds = 1000;
  // The likelihood has several maxima; from one start both climb the same.
  const moments = momentsOf(data);
  const first = firstFactors(moments, FACTORS);
  const byEm = factorsByEm(moments, first, setting.capped(rounds));
  const largest = mean(logEvidence(byEm, data));
  const steps = quick ? 3000 : 8000;
  const inference = factorAnalysis(64, FACTORS, setting.capped(steps));
  const { state, watched } = await setting.fitWithCurves({
    name: 'factor analysis',
    svi: inference,
    data: greyRows(train),
    batchSize: train.count,
    steps,
    given: { 'loadings/kernel': tensorOf(transpose(first.weights)) },
    watch: {
      every: quick ? 100 : 250,
      measure: async (s) => mean(logEvidence(fittedOf(s), data)),
    },
  });
  const fitted = fittedOf(state);
  const exact = mean(logEvidence(fitted, data));
  const evaluation = evaluator(inference, setting.engine);
  // The mean of log weights, which the posterior would make all alike: a few draws are enough.
  const { bounds } = await evaluation.bracket(state, x, {
    key: foldIn(key, 'bound'),
    samples: 100,
    chunk: 20,
  });
  const bound = bounds.find(({ name }) => name === 'ELBO')?.total ?? Number.NaN;
  await evaluation.close();
  tf.dispose([x, held]);
  const found = bound / train.count;
  const tests = {
    em: mean(logEvidence(byEm, heldOut)),
    svi: mean(logEvidence(fitted, heldOut)),
  };
  return {
    headline:
      `EM ends at ${largest.toFixed(4)} nats per datum on ${split.source}, the model that the bound has trained at ` +
      `${exact.toFixed(4)}; on held-out ones they have ${tests.em.toFixed(3)} and ${tests.svi.toFixed(3)}.`,
    figures: {
      data: split.source,
      unit: 'nats per datum',
      logLikelihood: { em: largest, svi: exact },
      heldOut: tests,
      bound: found,
    },
    checks: [
      within('log likelihood, SVI less EM, nats per datum', exact - largest, -0.01, 0.01),
      within('bound less the log likelihood, nats per datum', found - exact, -0.01, 0.001),
    ],
    pictures: {
      'likelihood.svg': await lineChart({
        title: 'Factor analysis by EM and by the bound',
        subtitle: `${split.source}, ${FACTORS} factors`,
        x: { title: 'training step' },
        y: { title: 'nats per datum below EM', log: true },
        lines: [
          {
            name: 'log likelihood of the model that the bound has trained',
            points: watched.map((p) => [p.step, Math.max(1e-5, largest - p.value)]),
          },
        ],
        levels: [{ name: 'a hundredth of a nat', y: 0.01 }],
      }),
      'factors.svg': labelledImages({
        title: `Factors of ${split.source}`,
        subtitle:
          'Loadings of the ten factors, and what noise of its own each pixel has (white: most).',
        rows: 8,
        columns: 8,
        scale: 6,
        headings: [...(fitted.weights[0]?.map((_, i) => String(i + 1)) ?? []), 'noise'],
        lines: [byEm, fitted].map(({ weights, noise }, i) => ({
          label: i === 0 ? 'EM' : 'SVI',
          images: [
            ...transpose(weights).map((row) => asImage(row, true)),
            asImage(noise.map(Math.sqrt), false),
          ],
        })),
      }),
    },
  };
};

export const example: Example = {
  name: 'factor-analysis',
  sentence: 'Factor analysis with a diagonal noise: EM and the bound reach the same likelihood.',
  equations: [
    String.raw`z \sim N(0, I), \qquad x \mid z \sim N(W z + \mu, \Psi), \qquad \Psi = \operatorname{diag}(\psi_1, \ldots, \psi_d)`,
    String.raw`\text{E: } G = (I + W^\top \Psi^{-1} W)^{-1} W^\top \Psi^{-1}, \qquad \text{M: } W \leftarrow S G^\top (I - G W + G S G^\top)^{-1}, \quad \Psi \leftarrow \operatorname{diag}(S - W G S)`,
    String.raw`\log N(x; \mu, W W^\top + \Psi) \ge \mathbb{E}_q[\log p(x \mid z)] - \mathrm{KL}(q(z \mid x) \,\|\, p(z)), \qquad q(z \mid x) = N(A x + b, L L^\top)`,
  ],
  run,
};
