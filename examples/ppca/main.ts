/** Probabilistic principal components: the largest likelihood in closed form, and by the bound. */
import * as tf from '@tensorflow/tfjs';
import { type SviState, foldIn, item, paramValues } from 'marginalia';
import { type Bracket, bracketPlot } from 'marginalia/evidence';
import { evaluator } from 'marginalia/inference';
import { greyRows, imageRows, loadOpticalDigits } from '../data/index.js';
import { type Example, type Setting, atMost, shown, within } from '../gallery/index.js';
import { matrixOf, principalAngles, transpose } from '../linear-algebra/index.js';
import { lineChart } from '../pictures/index.js';
import { type Ppca, largestLikelihood, logEvidence, posterior } from './exact.js';
import { ppca } from './model.js';

const LATENT = 10;

/** The state of a fit, by the parameters that it has. */
type State = SviState<'decoder/kernel' | 'decoder/bias' | 'scale'>;

const fittedOf = (state: State): Ppca => {
  const values = paramValues(state);
  const fitted = {
    weights: transpose(matrixOf(values['decoder/kernel'])),
    mean: matrixOf(values['decoder/bias'])[0] ?? [],
    scale: item(values.scale),
  };
  tf.dispose(values);
  return fitted;
};

const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);

const endsOf = ({ lower, upper, elements }: Bracket, exact: number) => ({
  lower: lower.nats,
  upper: upper.nats,
  encloses: lower.nats <= exact && exact <= upper.nats,
  widthPerDatum: (upper.nats - lower.nats) / elements,
});

const run = async (setting: Setting) => {
  const { quick, key } = setting;
  const { train, source } = loadOpticalDigits(setting.data, key, { test: 0 });
  const steps = quick ? 2500 : 6000;
  const inference = ppca({ width: 64, latent: LATENT }, setting.capped(steps));
  const x = imageRows(train);
  const data = matrixOf(x);
  const largest = largestLikelihood(data, LATENT);
  const perDatum = (state: State): number => sum(logEvidence(fittedOf(state), data)) / train.count;
  const { state, watched } = await setting.fitWithCurves({
    name: 'ppca',
    svi: inference,
    data: greyRows(train),
    batchSize: train.count,
    steps,
    watch: { every: quick ? 100 : 250, measure: async (s) => perDatum(s) },
  });
  const fitted = fittedOf(state);
  const exact = sum(logEvidence(fitted, data));
  const evaluation = evaluator(inference, setting.engine);
  const bracket = await evaluation.bracket(state, x, {
    key: foldIn(key, 'bracket'),
    samples: quick ? 64 : 400,
    chunk: 16,
    posterior: posterior(fitted, data),
  });
  await evaluation.close();
  x.dispose();
  const { total = Number.NaN, totalStandardError = 0 } =
    bracket.bounds.find(({ name }) => name === 'ELBO') ?? {};
  const found = total / train.count;
  const ends = endsOf(bracket, exact);
  const angle =
    principalAngles(transpose(fitted.weights), transpose(largest.weights)).at(-1) ?? Number.NaN;
  return {
    headline:
      `The bound reaches ${found.toFixed(4)} nats per datum on ${source}, where the largest log likelihood of any ` +
      `such model is ${largest.logLikelihood.toFixed(4)}.`,
    figures: {
      data: source,
      unit: 'nats per datum',
      bound: found,
      boundStandardError: totalStandardError / train.count,
      logLikelihood: exact / train.count,
      largestLogLikelihood: largest.logLikelihood,
      scale: { fitted: fitted.scale, closedForm: largest.scale },
      largestPrincipalAngle: angle,
      bracket: ends,
    },
    checks: [
      within(
        'log likelihood of the fit less the largest, nats per datum',
        exact / train.count - largest.logLikelihood,
        -0.01,
        1e-4,
      ),
      within(
        'bound less the exact log likelihood, nats per datum',
        found - exact / train.count,
        -0.01,
        0.001,
      ),
      within(
        'exact log likelihood within the bracket, nats per datum above its lower end',
        (exact - ends.lower) / train.count,
        0,
        ends.widthPerDatum,
      ),
      atMost('width of the bracket, nats per datum', ends.widthPerDatum, 0.1),
      atMost('largest angle between the planes of both, degrees', angle, 2),
    ],
    pictures: {
      'likelihood.svg': await lineChart({
        title: 'Probabilistic principal components',
        subtitle: `${source}, ${LATENT} components`,
        x: { title: 'training step' },
        y: { title: 'nats per datum below the largest', log: true },
        lines: [
          {
            name: 'log likelihood of the model that the bound has trained',
            points: watched.map((p) => [p.step, largest.logLikelihood - p.value]),
          },
        ],
        levels: [{ name: 'a hundredth of a nat', y: 0.01 }],
      }),
      'bracket.svg': bracketPlot(bracket, {
        title: `Log evidence of ${source}, ${shown(train.count)} data`,
        exact,
      }),
    },
  };
};

export const example: Example = {
  name: 'ppca',
  sentence:
    'Probabilistic principal components: the largest likelihood in closed form, and by a bound whose guide contains the posterior.',
  equations: [
    String.raw`z \sim N(0, I), \qquad x \mid z \sim N(W z + \mu, \sigma^2 I), \qquad q(z \mid x) = N(A x + b, L L^\top)`,
    String.raw`\hat W = U_q (\Lambda_q - \hat\sigma^2 I)^{1/2} R, \qquad \hat\sigma^2 = \frac1{d - q} \sum_{j > q} \lambda_j`,
    String.raw`\log p(x) = \log N(x; \mu, W W^\top + \sigma^2 I) \ge \mathbb{E}_q[\log p(x \mid z)] - \mathrm{KL}(q(z \mid x) \,\|\, p(z))`,
  ],
  run,
};
