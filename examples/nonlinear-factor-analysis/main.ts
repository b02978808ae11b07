/** Factors of faces: by a network, and by loadings, which EM finds. */
import * as tf from '@tensorflow/tfjs';
import { foldIn } from 'marginalia';
import { evaluator } from 'marginalia/inference';
import { randomNormal } from 'marginalia/random';
import {
  dequantised,
  greyRows,
  firstImages,
  imageRows,
  imagesBetween,
  loadFaces,
} from '../data/index.js';
import { factorsByEm, firstFactors, logEvidence, rebuilt } from '../factor-analysis/em.js';
import { decoded, encoded, heldOutBound, heldOutEvidence, meanOf } from '../gallery/held-out.js';
import { type Example, type Setting, atLeast } from '../gallery/index.js';
import { dot, matrixOf, momentsOf } from '../linear-algebra/index.js';
import { labelledImages, lineChart } from '../pictures/index.js';
import { guide, model, nonlinearFactorAnalysis } from './model.js';

/** Faces in a row of the picture. */
const SHOWN = 10;

const run = async (setting: Setting) => {
  const { quick, key } = setting;
  // Two are soon learned by a network, ten take thousands of steps.
  const factors = quick ? 2 : 10;
  const { source, ...split } = await loadFaces(setting.data, key);
  const train = dequantised(split.train, 256, foldIn(key, 'train levels'));
  const test = dequantised(split.test, 256, foldIn(key, 'test levels'));
  const width = train.rows * train.columns;
  const [data, heldOut] = [train, test].map((images) => matrixOf(imageRows(images)));
  if (data === undefined || heldOut === undefined) throw new Error('faces: none were loaded.');

  const moments = momentsOf(data);
  const first = firstFactors(moments, factors);
  const linear = factorsByEm(moments, first, setting.capped(quick ? 50 : 200));
  const ofLinear = meanOf(logEvidence(linear, heldOut));

  const sizes = { width, factors, hidden: quick ? 100 : 200 };
  const steps = quick ? 6000 : 10_000;
  const inference = nonlinearFactorAnalysis(sizes, setting.capped(steps));
  const evaluation = evaluator(inference, setting.engine);
  const { state, watched } = await setting.fitWithCurves({
    name: 'nonlinear factor analysis',
    svi: inference,
    data: greyRows(train),
    batchSize: 100,
    steps,
    watch: {
      every: quick ? 250 : 500,
      measure: async (s) => (await heldOutBound(evaluation, s, test, foldIn(key, 'bound'))).bound,
    },
  });
  const samples = setting.capped(quick ? 100 : 1000);
  const ofNetwork = meanOf(
    await heldOutEvidence(evaluation, state, test, samples, foldIn(key, 'evidence')),
  );
  await evaluation.close();

  const firstOf = (grey: Float32Array): readonly Float32Array[] =>
    firstImages({ ...test, grey }, SHOWN);
  const codes = encoded(guide(sizes), state, imagesBetween(test, 0, SHOWN));
  const again = decoded(model(sizes), state, codes);
  const prior = randomNormal(foldIn(key, 'faces'), SHOWN * factors);
  const generated = decoded(model(sizes), state, tf.tensor2d(prior, [SHOWN, factors]));
  const byLoadings = Array.from({ length: SHOWN }, (_, i) => {
    const z = [...prior.subarray(i * factors, (i + 1) * factors)];
    return linear.mean.map((m, k) => m + dot(linear.weights[k] ?? [], z));
  });
  return {
    headline:
      `A network in the place of the loadings has a log evidence of ${ofNetwork.toFixed(1)} nats per held-out face, ` +
      `factor analysis one of ${ofLinear.toFixed(1)}, on ${source} with ${factors} factors each.`,
    figures: {
      data: source,
      unit: 'nats per face, of grey levels from 0 to 1',
      heldOutLogEvidence: { network: ofNetwork, loadings: ofLinear },
      heldOutBound: watched.at(-1)?.value,
      samples,
    },
    checks: [
      // The network's is estimated from below, the other is exact.
      atLeast(
        'held-out log evidence, network less loadings, nats per face',
        ofNetwork - ofLinear,
        // It takes a network thousands of steps to pass them; with few it must come near.
        quick ? -10 : 0,
      ),
    ],
    pictures: {
      'faces.svg': labelledImages({
        title: `${source}, ${factors} factors`,
        subtitle:
          'Held-out faces, rebuilt from their factors; and the means of faces whose factors are drawn.',
        rows: train.rows,
        columns: train.columns,
        scale: 2,
        lines: [
          { label: 'held out', images: firstOf(test.grey) },
          { label: 'rebuilt, loadings', images: rebuilt(linear, heldOut.slice(0, SHOWN)) },
          { label: 'rebuilt, network', images: firstOf(again) },
          { label: 'drawn, loadings', images: byLoadings },
          { label: 'drawn, network', images: firstOf(generated) },
        ],
      }),
      'bound.svg': await lineChart({
        title: 'A network against loadings',
        subtitle: `${source}, ${factors} factors each, ${test.count} held-out faces`,
        x: { title: 'training step' },
        y: { title: 'nats per held-out face' },
        lines: [{ name: 'bound of the network', points: watched.map((p) => [p.step, p.value]) }],
        levels: [{ name: 'log evidence of factor analysis', y: ofLinear }],
      }),
    },
  };
};

export const example: Example = {
  name: 'nonlinear-factor-analysis',
  sentence:
    'Factor analysis with a network in the place of the loadings, against factor analysis, on held-out faces.',
  equations: [
    String.raw`z \sim N(0, I), \qquad x \mid z \sim N(f_\theta(z), \Psi), \qquad \Psi = \operatorname{diag}(\psi_1, \ldots, \psi_d)`,
    String.raw`\log p(x) \ge \mathbb{E}_q[\log N(x; f_\theta(z), \Psi)] - \mathrm{KL}(q_\phi(z \mid x) \,\|\, N(0, I)), \qquad q_\phi(z \mid x) = N(\mu_\phi(x), \operatorname{diag} \sigma_\phi^2(x))`,
  ],
  run,
};
