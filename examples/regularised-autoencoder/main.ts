/** An overcomplete autoencoder under four regularisers of rising strength. */
import { adam, cosineDecay, freeState, svi } from 'marginalia';
import { type Images, greyRows, imageRows, loadOpticalDigits, pixelsOf } from '../data/index.js';
import { type Example, type Setting, atLeast, atMost, shown } from '../gallery/index.js';
import { labelledImages, lineChart } from '../pictures/index.js';
import { type Measured, measure } from './measure.js';
import { type Regulariser, regularisedAutoencoder } from './model.js';

/** Twice as many as there are pixels. */
const UNITS = 128;

const STRENGTHS: Readonly<Record<Regulariser, readonly number[]>> = {
  L2: [1e-3, 1e-2, 1e-1],
  L1: [1e-3, 1e-2, 3e-2],
  dropout: [0.25, 0.5, 0.75],
  'sparse code': [1e-2, 3e-2, 1e-1, 3e-1],
};

interface Point extends Measured {
  readonly strength: number;
}

const fitted = async (
  { quick, fit }: Setting,
  { train, test }: { readonly train: Images; readonly test: Images },
  regulariser: Regulariser,
  strength: number,
): Promise<Point> => {
  const steps = quick ? 500 : 4000;
  const made = regularisedAutoencoder({
    pixels: pixelsOf(train),
    units: UNITS,
    regulariser,
    strength,
  });
  const state = await fit({
    name: `${regulariser} ${strength}`,
    svi: svi({ ...made.objective, optimizer: adam(cosineDecay(3e-3, steps)) }),
    data: greyRows(train),
    batchSize: 100,
    steps,
  });
  const x = imageRows(test);
  const measured = measure(made, state.params, x);
  x.dispose();
  freeState(state);
  return { strength, ...measured };
};

/** The weights of a unit as levels of grey, 0 in the middle. */
const asImage = (weights: Float32Array): Float32Array => {
  const largest = weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  return weights.map((w) => 0.5 + w / (2 * largest));
};

export const example: Example = {
  name: 'regularised-autoencoder',
  sentence:
    'An autoencoder with more units than pixels under L2, L1, dropout and a sparse code: its activity against λ.',
  equations: [
    String.raw`\mathcal{L} = \frac1N \sum_n \lVert x_n - \hat x_n \rVert^2 + \lambda R, \qquad c_n = \operatorname{relu}(x_n W + b), \qquad \hat x_n = c_n W^\top + a`,
    String.raw`R_{L_2} = \sum_{ij} W_{ij}^2, \qquad R_{L_1} = \sum_{ij} |W_{ij}|, \qquad R_{\text{sparse}} = \frac1N \sum_n \sum_j |c_{nj}|`,
    String.raw`\text{dropout of rate } \lambda: \quad \hat x_n = \frac{m_n \odot c_n}{1 - \lambda} W^\top + a, \qquad m_{nj} \sim \operatorname{Bernoulli}(1 - \lambda)`,
  ],
  run: async (setting) => {
    const { train, test, source } = loadOpticalDigits(setting.data, setting.key);
    const plain = await fitted(setting, { train, test }, 'L2', 0);
    const sweep = async (regulariser: Regulariser): Promise<readonly Point[]> => {
      const points: Point[] = [];
      for (const strength of STRENGTHS[regulariser]) {
        points.push(await fitted(setting, { train, test }, regulariser, strength));
      }
      return points;
    };
    const found = {
      L2: await sweep('L2'),
      L1: await sweep('L1'),
      dropout: await sweep('dropout'),
      'sparse code': await sweep('sparse code'),
    };
    const strongest = (regulariser: Regulariser): Point => found[regulariser].at(-1) ?? plain;
    const sparse = found['sparse code'];
    const falls = sparse.map(({ activity }, i) => activity / (sparse[i - 1] ?? plain).activity);
    const halved = found.dropout[1] ?? plain;
    const percent = (share: number): string => `${shown(100 * share)} %`;
    return {
      headline: `${percent(plain.activity)} of the units of a plain code are active, ${percent(strongest('sparse code').activity)} of a sparse one at λ = ${strongest('sparse code').strength}.`,
      figures: {
        data: `${source}, ${train.count} to train on and ${test.count} to test on`,
        plain: { ...plain, features: undefined },
        ...Object.fromEntries(
          Object.entries(found).map(([name, points]) => [
            name,
            points.map((point) => ({ ...point, features: undefined })),
          ]),
        ),
      },
      checks: [
        atMost('sparse code: activity at a λ over that at the one before', Math.max(...falls), 0.9),
        atMost(
          'sparse code: activity at the largest λ over that of the plain code',
          strongest('sparse code').activity / plain.activity,
          0.25,
        ),
        atMost(
          'L2: squared weights at the largest λ over those without',
          strongest('L2').squaredWeights / plain.squaredWeights,
          0.25,
        ),
        atLeast(
          'L1: share of weights below a hundredth of the largest, at the largest λ',
          strongest('L1').smallWeights,
          0.8,
        ),
        atMost(
          'dropout of ½: error with half of the code dropped, over that of the plain one',
          halved.errorOfHalf / plain.errorOfHalf,
          0.5,
        ),
      ],
      pictures: {
        'activity.svg': await lineChart({
          title: 'Units of the code that are active',
          subtitle: `${UNITS} units for ${pixelsOf(train)} pixels, ${source} that were not trained on`,
          x: {
            title: 'λ, or the rate of dropout',
            log: true,
            ticks: [1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3],
          },
          y: { title: 'share of units above 0', domain: [0, 1] },
          lines: Object.entries(found).map(([name, points]) => ({
            name,
            dots: true,
            points: points.map(({ strength, activity }) => [strength, activity] as const),
          })),
          levels: [{ name: 'no regulariser', y: plain.activity }],
        }),
        'features.svg': labelledImages({
          title: 'What a unit adds to the image',
          subtitle: 'the longest weights of each code; grey is 0',
          rows: train.rows,
          columns: train.columns,
          scale: 6,
          lines: [
            { label: 'no regulariser', point: plain },
            ...Object.entries(found).map(([name, points]) => {
              const point = points.at(-2) ?? plain;
              return { label: `${name}, ${point.strength}`, point };
            }),
          ].map(({ label, point }) => ({
            label,
            images: point.features.slice(0, 12).map(asImage),
          })),
        }),
      },
    };
  },
};
