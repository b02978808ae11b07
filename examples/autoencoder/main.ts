/** What codes of a few numbers keep of digits: by one layer, by several, and by principal components. */
import { simulate } from 'marginalia';
import { type Images, greyRows, imageRows, firstImages, loadDigits } from '../data/index.js';
import { type Example, type Setting, atLeast, atMost, shown } from '../gallery/index.js';
import {
  type Matrix,
  dot,
  leadingEigenpairs,
  matrixOf,
  momentsOf,
} from '../linear-algebra/index.js';
import { labelledImages, lineChart } from '../pictures/index.js';
import { autoencoder } from './model.js';

/** Digits in a row of the picture. */
const SHOWN = 10;

const squaredError = (data: Matrix, rebuilt: Matrix): number =>
  data.reduce((sum, row, i) => {
    const away = row.map((x, k) => x - (rebuilt[i]?.[k] ?? 0));
    return sum + dot(away, away);
  }, 0) / data.length;

/** Data at their nearest points of the plane through the mean. */
const projected = (data: Matrix, mean: readonly number[], directions: Matrix): Matrix =>
  data.map((x) => {
    const centred = x.map((v, i) => v - (mean[i] ?? 0));
    const at = [...mean];
    for (const u of directions) {
      const along = dot(u, centred);
      for (let i = 0; i < at.length; i += 1) at[i] = (at[i] ?? 0) + along * (u[i] ?? 0);
    }
    return at;
  });

const KINDS = ['single layer', 'deep'] as const;

interface Trained {
  readonly latent: number;
  readonly kind: (typeof KINDS)[number];
  readonly error: number;
  readonly shown: Matrix;
}

const trained = async (
  setting: Setting,
  { train, test }: { readonly train: Images; readonly test: Images },
  kind: Trained['kind'],
  latent: number,
): Promise<Trained> => {
  const { quick } = setting;
  const steps = quick ? 600 : 4000;
  const { rebuild, inference } = autoencoder({
    width: train.rows * train.columns,
    latent,
    hidden: kind === 'deep' ? (quick ? [128] : [256, 128]) : [],
    steps: setting.capped(steps),
  });
  const state = await setting.fit({
    name: `${kind} ${latent}`,
    svi: inference,
    data: greyRows(train),
    batchSize: 100,
    steps,
  });
  const x = imageRows(test);
  const rebuilt = matrixOf(simulate(rebuild(x), { params: state.params, key: setting.key }));
  const error = squaredError(matrixOf(x), rebuilt);
  x.dispose();
  return { latent, kind, error, shown: rebuilt.slice(0, SHOWN) };
};

const run = async (setting: Setting) => {
  const { quick, key } = setting;
  const split = await loadDigits(
    setting.data,
    key,
    quick ? { train: 1000, test: 200 } : { train: 8000, test: 1000 },
  );
  const { train, test, source } = split;
  const widths = quick ? [2, 8] : [2, 4, 8, 16, 32, 64];
  const { mean, covariance } = momentsOf(matrixOf(imageRows(train)));
  // Errors need no more digits of the directions than that.
  const { vectors } = leadingEigenpairs(covariance, widths.at(-1) ?? 2, 1e-4);
  const data = matrixOf(imageRows(test));
  const components = widths.map((latent) => ({
    latent,
    rebuilt: projected(data, mean, vectors.slice(0, latent)),
  }));
  const errors = components.map(({ rebuilt }) => squaredError(data, rebuilt));
  const all: Trained[] = [];
  for (const latent of widths) {
    for (const kind of KINDS) all.push(await trained(setting, split, kind, latent));
  }
  const of = (kind: Trained['kind']) => all.filter((one) => one.kind === kind);
  const ratio = (kind: Trained['kind'], latent: number): number =>
    (of(kind).find((one) => one.latent === latent)?.error ?? Number.NaN) /
    (errors[widths.indexOf(latent)] ?? Number.NaN);
  const worst = Math.max(...widths.map((latent) => ratio('single layer', latent)));
  const best = Math.min(...widths.map((latent) => ratio('single layer', latent)));
  const drawnAt = 8;
  const first = components.find(({ latent }) => latent === drawnAt);
  return {
    headline:
      `With a code of 8 numbers a deep autoencoder leaves ${shown(ratio('deep', 8))} of the squared error of ` +
      `principal components on ${source}, a single layer ${shown(ratio('single layer', 8))}.`,
    figures: {
      data: source,
      unit: 'squared error per test image, of levels from 0 to 1',
      widths,
      principalComponents: errors,
      singleLayer: of('single layer').map(({ error }) => error),
      deep: of('deep').map(({ error }) => error),
    },
    checks: [
      // Few steps leave networks short of what they can do.
      atMost(
        'error of the deep one over that of principal components, code of 2',
        ratio('deep', 2),
        quick ? 0.97 : 0.9,
      ),
      atMost(
        'error of the deep one over that of principal components, code of 8',
        ratio('deep', 8),
        quick ? 0.9 : 0.75,
      ),
      // One layer before a linear decoder cannot do better than a plane through the data, but for what a
      // test set has of luck.
      atLeast('least error of a single layer over that of principal components', best, 0.98),
      atMost(
        'largest error of a single layer over that of principal components',
        worst,
        quick ? 1.6 : 1.3,
      ),
    ],
    pictures: {
      'errors.svg': await lineChart({
        title: 'What a code keeps',
        subtitle: `${source}, ${test.count} test images`,
        x: { title: 'numbers in the code', log: true, ticks: widths },
        y: { title: 'squared error per image', zero: true },
        lines: [
          {
            name: 'principal components',
            points: widths.map((latent, i) => [latent, errors[i] ?? Number.NaN]),
            dots: true,
            dashed: true,
          },
          ...KINDS.map((kind) => ({
            name: `autoencoder, ${kind}`,
            points: of(kind).map(({ latent, error }) => [latent, error] as const),
            dots: true,
          })),
        ],
      }),
      'digits.svg': labelledImages({
        title: `${source}, rebuilt from ${drawnAt} numbers each`,
        rows: test.rows,
        columns: test.columns,
        scale: 2,
        lines: [
          {
            label: 'test images',
            images: firstImages(test, SHOWN),
          },
          { label: 'principal components', images: first?.rebuilt.slice(0, SHOWN) ?? [] },
          ...KINDS.map((kind) => ({
            label: kind,
            images: of(kind).find(({ latent }) => latent === drawnAt)?.shown ?? [],
          })),
        ],
      }),
    },
  };
};

export const example: Example = {
  name: 'autoencoder',
  sentence:
    'Undercomplete autoencoders, of a single layer and deep, against principal components at the same width.',
  equations: [
    String.raw`\min_{f, g} \frac1N \sum_n \lVert x_n - g(f(x_n)) \rVert^2, \qquad f: \mathbb{R}^d \to \mathbb{R}^K, \quad K < d`,
    String.raw`\text{single layer: } f(x) = \tanh(W x + b), \quad g(h) = V h + c; \qquad \text{deep: } f, g \text{ networks with hidden layers}`,
  ],
  run,
};
